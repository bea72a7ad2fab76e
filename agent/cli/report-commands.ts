// The command line of reports: what it is called and which options it takes.

import { Argument, type Command, Option } from 'commander'
import { reportFormats, reportTypes } from '../words.ts'
import { exits } from './exits.ts'
import type { CommandIo } from './io.ts'

/** @param finish is told the exit status */
export function addReportCommand(program: Command, io: CommandIo, finish: (status: number) => void): void {
  exits(
    program
      .command('report')
      .description('report on the last day, week or thirty days: tables here, or a document in a file')
      .addArgument(new Argument('<type>', 'what it covers').choices(reportTypes))
      .addOption(
        new Option('--format <format>', 'the document instead of tables; a pdf needs --out').choices(
          reportFormats,
        ),
      )
      .option('--out <file>', 'write it to this file, which must not exist')
      .option('--account <account...>', 'only these, by id or phone')
      .option('--until <time>', 'end of the period, ISO 8601; now where it is left out')
      .option('--send', 'have the agent send it to reports.to')
      .addOption(new Option('--json', 'the same as --format json').conflicts('format'))
      .action(async (type, { account = [], send, json, ...options }) => {
        const { report } = await import('./report.ts')
        const form = json ? { format: 'json' } : {}
        finish(await report(type, { ...options, ...form, account, send: send === true }, io))
      }),
    { 1: 'no agent answers, it cannot read its history, or the file cannot be written' },
  )
}

// The command line of reports: what it is called and which options it takes.

import { Argument, type Command, Option } from 'commander'
import { formatNames } from '../analytics/reports/render.ts'
import { reportTypes } from '../words.ts'
import type { CommandIo } from './io.ts'
import { report } from './report.ts'

/** @param finish is told the exit status */
export function addReportCommand(program: Command, io: CommandIo, finish: (status: number) => void): void {
  program
    .command('report')
    .description('report on the last day, week or thirty days: tables here, or a document in a file')
    .addArgument(new Argument('<type>', 'what it covers').choices(reportTypes))
    .addOption(
      new Option('--format <format>', 'the document instead of tables; a pdf needs --out').choices(
        formatNames,
      ),
    )
    .option('--out <file>', 'write it to this file, which must not exist')
    .option('--account <account...>', 'only these, by id or phone')
    .option('--until <time>', 'end of the period, ISO 8601; now where it is left out')
    .option('--send', 'have the agent send it to reports.to')
    .action(async (type, { account = [], send, ...options }) =>
      finish(await report(type, { ...options, account, send: send === true }, io)),
    )
}

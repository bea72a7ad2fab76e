// The command line of the backtest: what it is called and which options it takes.

import type { Command } from 'commander'
import { exitsHere } from './exits.ts'
import type { CommandIo } from './io.ts'

/** @param finish is told the exit status */
export function addBacktestCommand(program: Command, io: CommandIo, finish: (status: number) => void): void {
  exitsHere(
    program
      .command('backtest')
      .description(
        'replay a trace of scan times through the pairing policies and say what each would have cost',
      )
      .requiredOption(
        '--trace <file>',
        'one attempt per line: {"account":"a1","at":1700000000000,"scan_ms":18400}, null for who never scans',
      )
      .option('--policy <name...>', 'only these in the table: blend, survival, or fixedN with N in seconds')
      .option('--account <id>', 'only the attempts of this account')
      .option('--json', 'one object with all policies')
      .action(async ({ trace, policy, account, json }) => {
        const { backtest } = await import('./backtest.ts')
        const watched = process.stderr.isTTY === true
        finish(await backtest({ trace, policy, account, json: json === true, watched }, io))
      }),
    { 2: 'the trace or an option is no good; nothing is printed but why' },
  )
}

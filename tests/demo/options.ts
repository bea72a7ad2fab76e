// What the demo can be told on its command line, with a clear refusal of anything else.

import { Command, InvalidArgumentError } from 'commander'
import { whole } from '../harness/whole.ts'

export interface DemoOptions {
  accounts: number
  /** Seconds; null runs until a signal. */
  forSeconds: number | null
  seed: number
  /** False takes free ports instead of the ones in the README. */
  fixedPorts: boolean
  faults: boolean
  /** Sections of the configuration beside those of the demo, or instead of them. */
  sections?: Record<string, unknown>
}

function zero(text: string): number {
  if (text !== '0') throw new InvalidArgumentError('allowed: 0, which takes free ports.')
  return 0
}

/** Ends the process with status 2 on a mistake, 0 after --help. */
export function readOptions(argv: readonly string[]): DemoOptions {
  const command = new Command('npm run demo --')
    .description('runs the agent on the built-in WhatsApp simulator: pairs, talks, breaks things, counts')
    .option('--accounts <n>', 'how many accounts', whole(1, 50), 5)
    .option('--for <seconds>', 'stop after this long; without it the demo runs on', whole(10, 86_400))
    .option('--seed <n>', 'which story of scans and faults', whole(0, 2 ** 31), 1)
    .option('--port <n>', '0 takes free ports instead of 9464 and 8420', zero)
    .option('--no-faults', 'nothing breaks')
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  command.parse(argv, { from: 'user' })
  const given = command.opts<{
    accounts: number
    for?: number
    seed: number
    port?: number
    faults: boolean
  }>()
  return {
    accounts: given.accounts,
    forSeconds: given.for ?? null,
    seed: given.seed,
    fixedPorts: given.port === undefined,
    faults: given.faults,
  }
}

// The one command line of long fault runs: `npm run chaos -- NAME [--runs N] [--seed S] [--json]` and what a run adds to it.

import { Command, Option } from 'commander'
import { whole } from '../harness/whole.ts'

export const drivers = ['sqlite', 'postgres'] as const

export interface ChaosOptions {
  name: string
  runs: number
  seed: number
  json: boolean
  driver: (typeof drivers)[number]
  accounts: number
  minutes: number
}

/** Ends the process with status 2 on a mistake, 0 after --help. */
export function readOptions(argv: readonly string[], names: readonly string[]): ChaosOptions {
  const command = new Command('npm run chaos --')
    .description('breaks a running Linda on purpose, many times, and counts what it should never do')
    .argument('<name>', `what to break: ${names.join(', ')}`)
    .option('--runs <n>', 'how often', whole(1, 10_000), 20)
    .option('--seed <n>', 'which moments', whole(0, 2 ** 31), 1)
    .option('--accounts <n>', 'how many accounts carry traffic meanwhile', whole(1, 50), 5)
    .option('--minutes <n>', 'dashboards: how long the demo runs', whole(1, 120), 3)
    .addOption(new Option('--driver <driver>', 'which store').choices(drivers).default('sqlite'))
    .option('--json', 'print one object and nothing else', false)
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  command.parse(argv, { from: 'user' })
  const [name = ''] = command.args
  if (!names.includes(name)) {
    process.stderr.write(`found "${name}", allowed: ${names.join(', ')}\n`)
    process.exit(2)
  }
  return { name, ...command.opts<Omit<ChaosOptions, 'name'>>() }
}

// The command lines of the agent itself and of its configuration: what they are called and which options they take.

import type { Command } from 'commander'
import { exitsHere } from './exits.ts'
import type { CommandIo } from './io.ts'

/** Runs the agent until it is told to stop; resolves with the exit status. */
export type Run = (config: string | undefined, io: CommandIo) => Promise<number>

/** @param finish is told the exit status */
export function addProcessCommands(
  program: Command,
  io: CommandIo,
  finish: (status: number) => void,
  run: Run,
): void {
  exitsHere(
    program
      .command('run')
      .description('run the agent until SIGTERM, SIGINT or SIGHUP')
      .option('-c, --config <file>', 'configuration file; otherwise LINDA_CONFIG, otherwise linda.yaml')
      .action(async ({ config }) => finish(await run(config, io))),
    {
      0: 'stopped by a signal, in order',
      1: 'a fault of its own; the log says which',
      2: 'a mistake in the configuration, a port in use, a store that cannot be used',
    },
  )
  exitsHere(
    program
      .command('check-config')
      .description('say everything that is wrong with a configuration file, and what in it has no effect')
      .argument('[file]', 'the file; otherwise LINDA_CONFIG, otherwise linda.yaml')
      .option('--json', 'one object with what was found')
      .action(async (file, { json }) => {
        const { checkConfig } = await import('./check-config.ts')
        finish(checkConfig(file, io, json === true))
      }),
    { 0: 'an agent would start with it', 2: 'it would not' },
  )
}

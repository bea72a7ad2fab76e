// The command lines of keys, backups and restores: what they are called and which options they take.

import type { Command } from 'commander'
import { exitsHere } from './exits.ts'
import type { CommandIo } from './io.ts'

const JSON_HELP = 'one object with what was done'

/** @param finish is told the exit status */
export function addStoreCommands(program: Command, io: CommandIo, finish: (status: number) => void): void {
  const keys = program.command('keys').description('encryption keys')
  exitsHere(
    keys
      .command('create')
      .description('make a master key; an existing file is never overwritten')
      .argument('[file]', 'where to write it', './secrets/master.key')
      .option('--json', JSON_HELP)
      .action(async (file, { json }) => {
        const { createKey } = await import('./keys.ts')
        finish(createKey(file, io, json === true))
      }),
    { 2: 'the file exists or cannot be written' },
  )
  exitsHere(
    keys
      .command('rotate')
      .description('wrap every data key with another master key; agents need the new one at their next start')
      .argument('<file>', 'the new key; made where it does not exist')
      .option('-c, --config <file>', 'configuration file')
      .option('--json', JSON_HELP)
      .action(async (file, { config, json }) => {
        const { rotateKeys } = await import('./keys.ts')
        finish(await rotateKeys(file, config, io, json === true))
      }),
    { 2: 'there is nothing to rotate, or the configuration, a key or the store cannot be used' },
  )
  exitsHere(
    program
      .command('backup')
      .description(
        'write the store to a file: through the agent when LINDA_TOKEN_FILE is set, else straight from the store',
      )
      .argument('<file>', 'where to write it; gzip')
      .option('-c, --config <file>', 'configuration file')
      .option('--json', JSON_HELP)
      .action(async (file, { config, json }) => {
        const { backup } = await import('./backup.ts')
        finish(await backup(file, config, io, json === true))
      }),
    {
      1: 'no agent answers at LINDA_URL, or it cannot do this now',
      2: 'the agent refuses, the file exists or cannot be written, or the store cannot be used',
    },
  )
  exitsHere(
    program
      .command('restore')
      .description('fill an empty store from a backup; the agent must not run')
      .argument('<file>', 'the backup')
      .option('-c, --config <file>', 'configuration file')
      .option('--json', JSON_HELP)
      .action(async (file, { config, json }) => {
        const { restore } = await import('./backup.ts')
        finish(await restore(file, config, io, json === true))
      }),
    { 2: 'the file is missing or damaged, or the store is not empty or cannot be used; nothing was kept' },
  )
}

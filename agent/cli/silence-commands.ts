// The command lines of silences: what they are called and which options they take.

import type { Command } from 'commander'
import { type Exits, exits } from './exits.ts'
import { asJson } from './group.ts'
import type { CommandIo } from './io.ts'

const statuses: Exits = {
  0: 'done by Alertmanager',
  1: 'no Alertmanager answers, or it cannot do this now',
  2: 'refused by Alertmanager, or the command line or the environment is wrong',
}

/** @param finish is told the exit status */
export function addSilenceCommands(program: Command, io: CommandIo, finish: (status: number) => void): void {
  const silence = program
    .command('silence')
    .description('keep alerts of Alertmanager from being told, for a while')
  const where = (command: Command): Command =>
    command
      .option(
        '--alertmanager <url>',
        'where Alertmanager is; otherwise LINDA_ALERTMANAGER_URL, otherwise http://127.0.0.1:9093',
      )
      .option('--json', 'one JSON object')
  exits(
    where(
      silence
        .command('add')
        .description('silence an account, a pool or an alert, or what matches all that is given')
        .option('--account <id>', 'alerts of this account')
        .option('--pool <id>', 'alerts of this pool')
        .option('--alert <name>', 'alerts of this name, such as ConnectionLost')
        .requiredOption('--for <duration>', 'for how long: 1m to 30d')
        .requiredOption('--comment <text>', 'why, for whoever wonders')
        .option('--author <name>', 'who; otherwise the name of the user')
        .option('--force', 'also for longer than 30 days, and also the heartbeat'),
    ).action(async ({ force, ...options }, command) => {
      const { addSilence } = await import('./silence.ts')
      finish(await addSilence({ ...options, force: force === true, ...asJson(command) }, io))
    }),
    {},
    statuses,
  )
  exits(
    where(
      silence
        .command('list')
        .description('list what is silenced, what ends first on top')
        .option('--all', 'those that are over, too'),
    ).action(async ({ all, alertmanager }, command) => {
      const { listSilences } = await import('./silence.ts')
      finish(await listSilences({ all: all === true, alertmanager, ...asJson(command) }, io))
    }),
    {},
    statuses,
  )
  exits(
    where(
      silence.command('expire').description('end a silence now').argument('<id>', 'its id, as list shows it'),
    ).action(async (id, { alertmanager }, command) => {
      const { expireSilence } = await import('./silence.ts')
      finish(await expireSilence(id, { alertmanager, ...asJson(command) }, io))
    }),
    {},
    statuses,
  )
}

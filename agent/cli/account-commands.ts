// The command lines that show accounts and act on their sessions: what they are called and which options they take.

import type { Command } from 'commander'
import { exits } from './exits.ts'
import { JSON_HELP } from './group.ts'
import type { CommandIo } from './io.ts'

const ACCOUNT = 'account id or phone'

/** @param finish is told the exit status */
export function addAccountCommands(program: Command, io: CommandIo, finish: (status: number) => void): void {
  exits(
    program
      .command('accounts')
      .description('list accounts with their pool, role, region, state, score and mode')
      .option('--pool <pool>', 'only this pool')
      .option('--state <state>', 'only in this state, such as CONNECTED or LOGGED_OUT')
      .option('--ids', 'only the ids, one a line')
      .option('--json', 'one object with the accounts')
      .action(async ({ pool, state, ids, json }) => {
        const { showAccounts } = await import('./accounts.ts')
        finish(await showAccounts({ pool, state, ids: ids === true, json: json === true }, io))
      }),
    {},
  )
  exits(
    program
      .command('status')
      .description('list the sessions of a running agent and what a person must do about them')
      .option('--watch', 'go on with every change, until Ctrl-C')
      .option('--json', 'the API answer as it is; with --watch one frame a line')
      .action(async ({ json, watch }) => finish(await status({ json: json === true, watch }, io))),
    {},
  )
  exits(
    program
      .command('qr')
      .description('show the code that links an account to its phone, until the phone is linked')
      .argument('<account>', ACCOUNT)
      .option('--code', 'begin again with a code to be typed into the phone')
      .option('--reset', 'begin again: after a log-out, or when every code was shown in vain')
      .option('--link', 'print a link to the linking page instead, for whoever holds the phone')
      .option('--json', 'one JSON object a line, for every change')
      .action(async (account, options) => {
        const { showQr } = await import('./qr.ts')
        finish(await showQr(account, options, io))
      }),
    {
      0: 'the phone is linked; with --link, the link is printed',
      1: 'the codes were shown in vain, or no agent answers',
    },
  )
  exits(
    program
      .command('reset-qr')
      .description('begin the pairing of an account again')
      .argument('<account>', ACCOUNT)
      .option('--json', JSON_HELP)
      .action(async (account, { json }) => {
        const { resetQr } = await import('./check-now.ts')
        finish(await resetQr(account, { json: json === true }, io))
      }),
    { 0: 'a new attempt begins' },
  )
  exits(
    program
      .command('check')
      .description('ask every session, or one, for a sign of life now')
      .argument('[account]', ACCOUNT)
      .option('--json', JSON_HELP)
      .action(async (account, { json }) => {
        const { checkNow } = await import('./check-now.ts')
        finish(await checkNow(account, { json: json === true }, io))
      }),
    { 0: 'every session that was asked is alive', 1: 'one is not, or no agent answers' },
  )
  exits(
    program
      .command('diagnose')
      .description('say what is wrong, the gravest first, with what to do and which runbook says more')
      .argument('[account]', ACCOUNT)
      .option('--json', 'the API answer as it is, and the pools that send nothing')
      .action(async (account, { json }) => {
        const { diagnose } = await import('./diagnose.ts')
        finish(await diagnose(account, { json: json === true }, io))
      }),
    { 0: 'the agent has answered, with findings or without' },
  )
}

async function status({ json, watch }: { json: boolean; watch?: boolean }, io: CommandIo): Promise<number> {
  if (!watch) return (await import('./status.ts')).showStatus({ json }, io)
  const { watchStatus } = await import('./watch.ts')
  const leaving = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => leaving.abort())
  return watchStatus({ json }, io, leaving.signal)
}

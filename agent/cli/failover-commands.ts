// The command lines of failover and of the outbox: what they are called and which options they take.

import { type Command, Option } from 'commander'
import { exits } from './exits.ts'
import { clearFailover, failOver, listFailovers, showFailover, switchFailover } from './failover.ts'
import { asJson, JSON_HELP } from './group.ts'
import type { CommandIo } from './io.ts'
import { actOnMessage, listMessages, sendMessage, showMessage } from './messages.ts'

/** @param finish is told the exit status */
export function addFailoverCommands(program: Command, io: CommandIo, finish: (status: number) => void): void {
  const failover = program
    .command('failover')
    .description(
      'give the work of an account to another one: what is on its way is waited for, nothing is lost',
    )
    .option('--from <account>', 'account id or phone')
    .option('--to <account>', 'who takes over; the best of the pool where it is left out')
    .option('--force', 'do not wait for what is on its way: it may be sent twice, and is marked')
    .option('--no-wait', 'begin it and return')
    .option('--json', JSON_HELP)
    .action(async ({ from, to, force, wait }, command: Command) => {
      if (from === undefined)
        command.error('error: --from: found nothing, allowed: the account that gives its work away')
      finish(await failOver({ from, to, force: force === true, wait, ...asJson(command) }, io))
    })
  exits(failover, {
    0: 'the other account is active; with --no-wait, the failover has begun',
    1: 'it ended without another account in its place, or no agent answers',
  })
  exits(
    failover
      .command('list')
      .description('list failovers, newest first')
      .option('--account <account>', 'only of this account')
      .option('--pool <pool>', 'only of this pool')
      .option('--limit <number>', 'at most so many', '20')
      .action(async (options, command) =>
        finish(await listFailovers({ ...options, ...asJson(command) }, io)),
      ),
    {},
  )
  exits(
    failover
      .command('show')
      .description('show every step of one, and why each account was chosen or refused')
      .argument('<id>', 'its id')
      .action(async (id, _, command) => finish(await showFailover(id, asJson(command), io))),
    {},
  )
  exits(
    failover
      .command('clear')
      .description('end the time out of an account after its failovers: it is in service again')
      .argument('<account>', 'account id or phone')
      .action(async (account, _, command) => finish(await clearFailover(account, asJson(command), io))),
    {},
  )
  for (const state of ['on', 'off'] as const)
    exits(
      failover
        .command(state)
        .description(`switch automatic failover ${state}, on every node`)
        .action(async (_, command) => finish(await switchFailover(state, asJson(command), io))),
      {},
    )
  addMessages(program, io, finish)
}

function addMessages(program: Command, io: CommandIo, finish: (status: number) => void): void {
  exits(
    program
      .command('send')
      .description('put a text into the outbox and wait for its acknowledgement')
      .argument('<to>', 'E.164, for example +971501234567')
      .argument('<text>', 'the text')
      .addOption(new Option('--pool <pool>', 'which pool sends it').conflicts('account'))
      .option('--account <account>', 'which account sends it, and no other')
      .option(
        '--key <key>',
        'idempotency key: the same one again is the same message; without it one is made up',
      )
      .option('--wait <duration>', 'how long to wait, up to 60s', '30s')
      .option('--json', JSON_HELP)
      .action(async (to, text, { json, ...options }) =>
        finish(await sendMessage({ to, text, ...options, json: json === true }, io)),
      ),
    {
      0: 'acknowledged by WhatsApp',
      1: 'it has not yet or never will, or no agent answers',
    },
  )
  const messages = program
    .command('messages')
    .description('list messages of the outbox, newest first; never their text')
    .option('--pool <pool>', 'only of this pool')
    .option('--account <account>', 'only of this account')
    .option('--state <state>', 'only in this state, such as parked')
    .option('--open', 'only those for which something is still to be done')
    .option('--limit <number>', 'at most so many', '50')
    .option('--json', JSON_HELP)
    .action(async ({ json, ...options }) =>
      finish(await listMessages({ ...options, json: json === true }, io)),
    )
  exits(messages, {})
  exits(
    messages
      .command('show')
      .description('show every step of one')
      .argument('<id>', 'its id, or the id under which WhatsApp knows it')
      .action(async (id, _, command) => finish(await showMessage(id, asJson(command), io))),
    {},
  )
  for (const [what, description] of [
    ['cancel', 'take one back that is not being sent'],
    ['resend', 'have one tried again that failed, expired or is held'],
  ] as const)
    exits(
      messages
        .command(what)
        .description(description)
        .argument('<id>', 'its id, or the id under which WhatsApp knows it')
        .action(async (id, _, command) => finish(await actOnMessage(id, what, asJson(command), io))),
      {},
    )
}

// The command lines of routing and of the audit trail: what they are called and which options they take.

import { type Command, InvalidArgumentError, Option } from 'commander'
import { showAudit, verifyAudit } from './audit.ts'
import { exits } from './exits.ts'
import { asJson, JSON_HELP } from './group.ts'
import type { CommandIo } from './io.ts'
import { setAccount, setMode, showRouting, strategyOf } from './routing.ts'

/** @param finish is told the exit status */
export function addRoutingCommands(program: Command, io: CommandIo, finish: (status: number) => void): void {
  exits(
    program
      .command('routing')
      .description('show which part of the new conversations each account gets, and why')
      .argument('[pool]', 'only this pool')
      .option('--region <region>', 'for requests that ask for this region')
      .option('--json', JSON_HELP)
      .action(async (pool, { region, json }) =>
        finish(await showRouting({ pool, region, json: json === true }, io)),
      ),
    {},
  )
  exits(
    program
      .command('strategy')
      .description('say or set how a pool gives out new conversations')
      .argument('<pool>', 'the pool')
      .argument('[strategy]', 'least-loaded, round-robin, priority or geo')
      .option('--default', 'go back to what is configured')
      .option('--json', JSON_HELP)
      .action(async (pool, strategy, { default: takeBack, json }, command: Command) => {
        if (takeBack && strategy !== undefined)
          command.error(`error: found ${strategy} and --default, allowed: one of them`)
        finish(await strategyOf(pool, { strategy, takeBack: takeBack === true, json: json === true }, io))
      }),
    {},
  )
  addAccount(program, io, finish)
  addAudit(program, io, finish)
}

function addAccount(program: Command, io: CommandIo, finish: (status: number) => void): void {
  const account = program.command('account').description('what an account takes')
  const modes = [
    ['drain', 'draining', 'give an account no new conversations; those that it has go on'],
    ['maintenance', 'maintenance', 'give an account nothing; its conversations move to others'],
    ['up', 'up', 'let an account take everything again, slowly at first when it took nothing'],
  ] as const
  for (const [name, mode, description] of modes)
    exits(
      account
        .command(name)
        .description(description)
        .argument('<account>', 'account id or phone')
        .option('--why <text>', 'the reason, for the audit trail', '')
        .option('--json', JSON_HELP)
        .action(async (id, { why, json }) =>
          finish(await setMode(id, { mode, why, json: json === true }, io)),
        ),
      {},
    )
  exits(
    account
      .command('set')
      .description('set its weight or priority; they win over the configuration until taken back')
      .argument('<account>', 'account id or phone')
      .option('--weight <number>', '0.1 to 100: its share among equals', numberOf)
      .option('--priority <number>', '1 to 100: lower ones are used first', numberOf)
      .addOption(new Option('--default', 'go back to what is configured').conflicts(['weight', 'priority']))
      .option('--json', JSON_HELP)
      .action(async (id, { weight, priority, default: takeBack, json }) => {
        const changes = takeBack
          ? null
          : { ...(weight !== undefined && { weight }), ...(priority !== undefined && { priority }) }
        finish(await setAccount(id, { changes, json: json === true }, io))
      }),
    {},
  )
}

function addAudit(program: Command, io: CommandIo, finish: (status: number) => void): void {
  const audit = program
    .command('audit')
    .description('list who changed what, newest first')
    .option('--account <id>', 'only this account')
    .option('--pool <id>', 'only this pool')
    .option('--what <name>', 'only this kind of change, such as mode.set')
    .option('--since <time>', 'ISO 8601')
    .option('--until <time>', 'ISO 8601')
    .option('--limit <number>', 'at most so many', '50')
    .option('--cursor <row>', 'only rows before this one')
    .option('--json', JSON_HELP)
    .action(async ({ json, ...options }) => finish(await showAudit(options, json === true, io)))
  exits(audit, {})
  exits(
    audit
      .command('verify')
      .description('prove that no row was changed, removed or added; status 1 names the first that was')
      .action(async (_, command: Command) => finish(await verifyAudit(asJson(command).json, io))),
    { 0: 'every row is as it was written', 1: 'one is not, or no agent answers' },
  )
}

function numberOf(text: string): number {
  // What JavaScript would take besides, such as 0x10, is a slip more often than a number.
  if (!/^-?\d+(\.\d+)?$/.test(text))
    throw new InvalidArgumentError(`found "${text}", allowed: a number such as 2 or 0.5`)
  return Number(text)
}

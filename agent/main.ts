// `linda COMMAND`: parses the command line and hands on; exit status 0 is good, 1 is a failure, 2 is a mistake of the caller.

import { Command, CommanderError } from 'commander'
import { AskError } from './cli/agent-api.ts'
import { backtest } from './cli/backtest.ts'
import { backup, restore } from './cli/backup.ts'
import { checkConfig } from './cli/check-config.ts'
import { addFailoverCommands } from './cli/failover-commands.ts'
import { createKey, rotateKeys } from './cli/keys.ts'
import { showQr } from './cli/qr.ts'
import { addReportCommand } from './cli/report-commands.ts'
import { addRoutingCommands } from './cli/routing-commands.ts'
import { showStatus } from './cli/status.ts'
import { createToken } from './cli/token.ts'
import { watchStatus } from './cli/watch.ts'
import { redriveWebhook, showDead, showWebhooks } from './cli/webhooks.ts'
import { ConfigError } from './config/problems.ts'
import { HistoryError } from './history/port.ts'
import { ListenError } from './http.ts'
import { run } from './run.ts'
import { StoreError } from './store/sql.ts'
import { WebhookError } from './webhooks/target.ts'

const io = {
  out: (text: string) => void process.stdout.write(text),
  err: (text: string) => void process.stderr.write(text),
  screen: process.stdout.isTTY === true,
  env: process.env,
  cwd: process.cwd(),
}

const program = new Command('linda')
  .description('runs a fleet of WhatsApp accounts and makes them observable')
  .configureHelp({ showGlobalOptions: true })
  .showHelpAfterError('(linda help shows every command)')
  .exitOverride()

program
  .command('run')
  .description('run the agent until SIGTERM or SIGINT')
  .option('-c, --config <file>', 'configuration file; otherwise LINDA_CONFIG, otherwise linda.yaml')
  .action(async ({ config }) => finish(await run(config, io)))

program
  .command('check-config')
  .description('say what is wrong with a configuration file')
  .argument('[file]', 'the file; otherwise LINDA_CONFIG, otherwise linda.yaml')
  .action((file) => finish(checkConfig(file, io)))

program
  .command('status')
  .description('list the accounts of a running agent')
  .option('--watch', 'go on with every change, until Ctrl-C')
  .option('--json', 'the API answer as it is; with --watch one frame a line')
  .action(async ({ json, watch }) => {
    if (!watch) return finish(await showStatus({ json: json === true }, io))
    const leaving = new AbortController()
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => leaving.abort())
    finish(await watchStatus({ json: json === true }, io, leaving.signal))
  })

program
  .command('qr')
  .description('show the code that links an account to its phone, until the phone is linked')
  .argument('<account>', 'account id or phone')
  .option('--code', 'begin again with a code to be typed into the phone')
  .option('--reset', 'begin again: after a log-out, or when every code was shown in vain')
  .option('--link', 'print a link to the linking page instead, for whoever holds the phone')
  .option('--json', 'one JSON object a line, for every change')
  .action(async (account, options) => finish(await showQr(account, options, io)))

const webhooks = program
  .command('webhooks')
  .description('list the webhooks of a running agent and what waits for them')
  .option('--json', 'the API answer as it is')
  .action(async ({ json }) => finish(await showWebhooks({ json: json === true }, io)))

webhooks
  .command('dead')
  .description('list the dead letters of a webhook, the newest first')
  .argument('<webhook>', 'its id')
  .option('--limit <count>', 'how many, up to 1000', '100')
  .action(async (webhook, { limit }, command) => {
    const { json } = command.optsWithGlobals()
    finish(await showDead(webhook, { json: json === true, limit }, io))
  })

webhooks
  .command('redrive')
  .description('have dead letters of a webhook tried again, in their old order')
  .argument('<webhook>', 'its id')
  .argument('[deliveries...]', 'ids of deliveries')
  .option('--all', 'every dead letter')
  .action(async (webhook, deliveries, { all }, command) => {
    const { json } = command.optsWithGlobals()
    finish(await redriveWebhook(webhook, deliveries, { all: all === true, json: json === true }, io))
  })

addRoutingCommands(program, io, finish)
addFailoverCommands(program, io, finish)
addReportCommand(program, io, finish)

const token = program.command('token').description('tokens for the admin API')
token
  .command('create')
  .description('make a token and add its hash to a file; the token is printed once')
  .argument('<name>', 'whose token it is')
  .option('--role <role>', 'viewer, operator or admin', 'operator')
  .option('--file <file>', 'tokens file', './secrets/tokens.yaml')
  .action(async (name, options) => finish(await createToken(name, options, io)))

const keys = program.command('keys').description('encryption keys')
keys
  .command('create')
  .description('make a master key; an existing file is never overwritten')
  .argument('[file]', 'where to write it', './secrets/master.key')
  .action((file) => finish(createKey(file, io)))

keys
  .command('rotate')
  .description('wrap every data key with another master key; agents need the new one at their next start')
  .argument('<file>', 'the new key; made where it does not exist')
  .option('-c, --config <file>', 'configuration file')
  .action(async (file, { config }) => finish(await rotateKeys(file, config, io)))

program
  .command('backup')
  .description(
    'write the store to a file: through the agent when LINDA_TOKEN_FILE is set, else straight from the store',
  )
  .argument('<file>', 'where to write it; gzip')
  .option('-c, --config <file>', 'configuration file')
  .action(async (file, { config }) => finish(await backup(file, config, io)))

program
  .command('restore')
  .description('fill an empty store from a backup; the agent must not run')
  .argument('<file>', 'the backup')
  .option('-c, --config <file>', 'configuration file')
  .action(async (file, { config }) => finish(await restore(file, config, io)))

program
  .command('backtest')
  .description('replay a trace of scan times through the pairing policies and say what each would have cost')
  .requiredOption(
    '--trace <file>',
    'one attempt per line: {"account":"a1","at":1700000000000,"scan_ms":18400}, null for who never scans',
  )
  .option('--policy <name...>', 'only these in the table: blend, survival, or fixedN with N in seconds')
  .option('--account <id>', 'only the attempts of this account')
  .option('--json', 'one object with all policies')
  .action(async ({ trace, policy, account, json }) => {
    const watched = process.stderr.isTTY === true
    finish(await backtest({ trace, policy, account, json: json === true, watched }, io))
  })

/** Lets pending output leave before the process ends. */
function finish(status: number): void {
  process.exitCode = status
}

/** Mistakes of the caller: one line each, without a stack. */
const mistakes = [ConfigError, StoreError, HistoryError, ListenError, WebhookError]

try {
  await program.parseAsync()
} catch (error) {
  if (error instanceof CommanderError) finish(error.exitCode === 0 ? 0 : 2)
  else if (error instanceof AskError || mistakes.some((kind) => error instanceof kind)) {
    io.err(`${(error as Error).message}\n`)
    finish(error instanceof AskError ? error.status : 2)
    // A store that was being opened may still hold a timer.
    setImmediate(() => process.exit())
  } else throw error
}

// `linda COMMAND`: parses the command line and hands on; exit status 0 is good, 1 is a failure, 2 is a mistake of the caller.

import { Command, CommanderError } from 'commander'
import { checkConfig } from './cli/check-config.ts'
import { createKey } from './cli/keys.ts'
import { showStatus } from './cli/status.ts'
import { createToken } from './cli/token.ts'
import { run } from './run.ts'

const io = {
  out: (text: string) => void process.stdout.write(text),
  err: (text: string) => void process.stderr.write(text),
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
  .option('--json', 'the API answer as it is')
  .action(async ({ json }) => finish(await showStatus({ json: json === true }, io)))

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

/** Lets pending output leave before the process ends. */
function finish(status: number): void {
  process.exitCode = status
}

try {
  await program.parseAsync()
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2
  else throw error
}

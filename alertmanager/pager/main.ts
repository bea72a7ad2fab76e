// `linda-pager COMMAND`: parses the command line and hands on; exit status 0 is good, 1 is a failure, 2 is a mistake of the caller.

import { Command, CommanderError } from 'commander'
import { ConfigError } from '../../agent/config/problems.ts'
import { ListenError } from '../../agent/http.ts'
import { StoreError } from '../../agent/store/sql.ts'
import { checkConfig } from './cli/check-config.ts'
import { run } from './cli/run.ts'
import { sendTest } from './cli/test.ts'

const io = {
  out: (text: string) => void process.stdout.write(text),
  err: (text: string) => void process.stderr.write(text),
  screen: process.stdout.isTTY === true,
  env: process.env,
  cwd: process.cwd(),
}

const program = new Command('linda-pager')
  .description('pages people by SMS, call and push for what Alertmanager hands it')
  .showHelpAfterError('(linda-pager help shows every command)')
  .exitOverride()

program
  .command('run')
  .description('run the pager until SIGTERM or SIGINT')
  .option('-c, --config <file>', 'configuration file; otherwise PAGER_CONFIG, otherwise pager.yaml')
  .action(async ({ config }) => finish(await run(config, io)))

program
  .command('check-config')
  .description('say what is wrong with a configuration file')
  .argument('[file]', 'the file; otherwise PAGER_CONFIG, otherwise pager.yaml')
  .action((file) => finish(checkConfig(file, io)))

program
  .command('test')
  .description('send a test page through the running pager and wait for what becomes of it')
  .argument('<receiver>', 'name of a receiver')
  .option('-c, --config <file>', 'configuration file; otherwise PAGER_CONFIG, otherwise pager.yaml')
  .option('--url <url>', 'where the pager is; otherwise api.listen of the configuration')
  .action(async (receiver, options) => finish(await sendTest(receiver, options, io)))

/** Lets pending output leave before the process ends. */
function finish(status: number): void {
  process.exitCode = status
}

try {
  await program.parseAsync()
  // Libraries may still hold a timer; everything of ours is closed.
  setImmediate(() => process.exit())
} catch (error) {
  if (error instanceof CommanderError) finish(error.exitCode === 0 ? 0 : 2)
  else if ([ConfigError, StoreError, ListenError].some((kind) => error instanceof kind)) {
    io.err(`${(error as Error).message}\n`)
    finish(2)
    setImmediate(() => process.exit())
  } else throw error
}

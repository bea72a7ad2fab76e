// The command lines of tokens for the admin API: what they are called and which options they take.

import type { Command } from 'commander'
import { exitsHere } from './exits.ts'
import type { CommandIo } from './io.ts'

/** @param finish is told the exit status */
export function addTokenCommands(program: Command, io: CommandIo, finish: (status: number) => void): void {
  const token = program.command('token').description('tokens for the admin API')
  exitsHere(
    placed(
      token
        .command('create')
        .description('make a token and add its hash to a file; the token is printed once')
        .argument('<name>', 'whose token it is')
        .option('--role <role>', 'viewer, operator or admin', 'operator')
        .option('--pool <pool...>', 'only these pools; all where it is left out')
        .option('--expires <when>', 'a duration such as 90d, or a time; never where it is left out')
        .option('--grafana', 'good only together with the signed identity of a Grafana user'),
    ).action(async (name, options) => {
      const { createToken } = await import('./token.ts')
      finish(await createToken(name, options, io))
    }),
  )
  exitsHere(
    placed(
      token
        .command('list')
        .description('list the tokens of the file: whose they are, what they may and until when'),
    ).action(async (options) => {
      const { listTokens } = await import('./token.ts')
      finish(listTokens(options, io))
    }),
  )
  exitsHere(
    placed(
      token
        .command('revoke')
        .description('take a token out of the file; running agents refuse it at once and end its streams')
        .argument('<id>', 'its id, as "token list" shows it'),
    ).action(async (id, options) => {
      const { revokeToken } = await import('./token.ts')
      finish(revokeToken(id, options, io))
    }),
  )
}

function placed(command: Command): Command {
  return command
    .option('--file <file>', 'tokens file; otherwise admin.tokens_file of the configuration')
    .option('-c, --config <file>', 'configuration file; otherwise LINDA_CONFIG, otherwise linda.yaml')
    .option('--json', 'what was done as one JSON object')
}

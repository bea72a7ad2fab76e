// The tree of commands, put together and not run: what `linda` does, what completes it, and what docs/cli.md is made from.

import { Command } from 'commander'
import { addAccountCommands } from './account-commands.ts'
import { addBacktestCommand } from './backtest-commands.ts'
import { addCompletionCommands } from './completion-commands.ts'
import { saysExits } from './exits.ts'
import { addFailoverCommands } from './failover-commands.ts'
import type { AddCommands } from './group.ts'
import type { CommandIo } from './io.ts'
import { addProcessCommands, type Run } from './process-commands.ts'
import { addReportCommand } from './report-commands.ts'
import { addRoutingCommands } from './routing-commands.ts'
import { optionsForAll, refuseMeaningless } from './said.ts'
import { addSilenceCommands } from './silence-commands.ts'
import { addStoreCommands } from './store-commands.ts'
import { addTokenCommands } from './token-commands.ts'
import { addWebhookCommands } from './webhook-commands.ts'

/** In the order of the help. A command loads what it works with when it is called: the help and completion must not wait for a whole agent. */
const groups: readonly AddCommands[] = [
  addAccountCommands,
  addRoutingCommands,
  addFailoverCommands,
  addWebhookCommands,
  addSilenceCommands,
  addReportCommand,
  addBacktestCommand,
  addTokenCommands,
  addStoreCommands,
  addCompletionCommands,
]

export interface ProgramParts {
  io: CommandIo
  /** Told the exit status of the command that was called. */
  finish(status: number): void
  run: Run
  version: string
}

/** The whole program; it does nothing before `parseAsync`, and then throws commander's errors instead of ending the process. */
export function makeProgram({ io, finish, run, version }: ProgramParts): Command {
  const program = new Command('linda')
    .description('runs a fleet of WhatsApp accounts and makes them observable')
    .version(version)
    .configureHelp({ showGlobalOptions: true, visibleGlobalOptions: optionsForAll })
    .configureOutput({ writeOut: io.out, writeErr: io.err, outputError: inOneLine })
    .exitOverride()
  addProcessCommands(program, io, finish, run)
  for (const add of groups) add(program, io, finish)
  refuseMeaningless(program)
  return program
}

/** A mistake is one line, with what was perhaps meant and where more is said. */
function inOneLine(said: string, write: (text: string) => void): void {
  write(`${said.trim().replaceAll(/\s*\n\s*/g, ' ')} (linda help shows every command)\n`)
}

/** Every command that can be called, with its whole name: `failover list`. Those of `help` and hidden ones are left out. */
export function* commandsOf(program: Command, prefix = ''): Generator<{ name: string; command: Command }> {
  const shown = program.createHelp().visibleCommands(program)
  for (const command of shown.filter((each) => each.name() !== 'help')) {
    const name = `${prefix}${command.name()}`
    if (isCallable(command)) yield { name, command }
    yield* commandsOf(command, `${name} `)
  }
}

/** A group that says nothing of its exit status does nothing by itself. */
function isCallable(command: Command): boolean {
  return command.commands.length === 0 || saysExits(command)
}

// The command lines of completion: the script for a shell, and what the script asks while somebody types.

import { Argument, type Command } from 'commander'
import { type Completion, complete } from './completion/candidates.ts'
import { type Shell, scripts, shells } from './completion/scripts.ts'
import { exitsHere } from './exits.ts'
import type { CommandIo } from './io.ts'

/** Whoever presses Tab does not wait longer for an agent that is away, in milliseconds. */
const PATIENCE_MS = 1_000

/** @param finish is told the exit status */
export function addCompletionCommands(
  program: Command,
  io: CommandIo,
  finish: (status: number) => void,
): void {
  exitsHere(
    program
      .command('completion')
      .description('print the lines that complete commands, options, accounts and pools in your shell')
      .addArgument(new Argument('<shell>', 'which one').choices(shells))
      .action((shell: Shell) => {
        io.out(scripts[shell])
        finish(0)
      }),
  )
  program
    .command('complete', { hidden: true })
    .description('what may follow these words, one a line')
    .argument('[words...]')
    .action(async (words: string[]) => {
      const { candidates, wants } = complete(program, words)
      const names = wants === null ? [] : await namesOf(wants, io)
      const last = words.at(-1) ?? ''
      for (const { word, about } of candidates) io.out(`${word}\t${about}\n`)
      for (const name of names) if (name.startsWith(last)) io.out(`${name}\t${wants}\n`)
      finish(0)
    })
}

/** What the agent has by that name; nothing, and no word about it, where no agent answers. */
async function namesOf(kind: NonNullable<Completion['wants']>, io: CommandIo): Promise<string[]> {
  const { askAccounts } = await import('./accounts.ts')
  const accounts = await askAccounts(io, { timeoutMs: PATIENCE_MS }).catch(() => [])
  return [...new Set(accounts.map((each) => each[kind]))]
}

// What the exit statuses of a command mean: written once, shown by its help and by docs/cli.md.

import type { Command } from 'commander'

/** 0 is good, 1 a failure, 2 a mistake of the caller; there are no others. */
export interface Exits {
  0: string
  1: string
  2: string
}

const standard: Exits = {
  0: 'done',
  1: 'it failed',
  2: 'a mistake in the command line, the environment or a file; nothing was done',
}

/** Of every command that asks a running agent. */
export const asking: Exits = {
  0: 'the agent has answered',
  1: 'no agent answers at LINDA_URL, or it cannot do this now',
  2: 'the agent refuses (a wrong token, role, account or value), or the command line or the environment is wrong',
}

const told = new WeakMap<Command, Exits>()

/** Says what is special about the statuses of a command. Answers the command. */
export function exits(command: Command, own: Partial<Exits>, base = asking): Command {
  const all = { ...base, ...own }
  told.set(command, all)
  const lines = Object.entries(all).map(([status, meaning]) => `  ${status}  ${meaning}`)
  return command.addHelpText('after', `\nExit status:\n${lines.join('\n')}`)
}

/** Of a command of this machine, which asks no agent. */
export function exitsHere(command: Command, own: Partial<Exits> = {}): Command {
  return exits(command, own, standard)
}

/** Whether the command does something by itself. */
export function saysExits(command: Command): boolean {
  return told.has(command)
}

export function exitsOf(command: Command): Exits {
  return told.get(command) ?? standard
}

// What every group of commands is given, and how its commands read the option that all of them have.

import type { Command } from 'commander'
import type { CommandIo } from './io.ts'

/** Adds commands to the program; `finish` is told the exit status. */
export type AddCommands = (program: Command, io: CommandIo, finish: (status: number) => void) => void

export const JSON_HELP = 'the API answer as it is'

/** Whether `--json` was said, to the command or to the one that it belongs to. */
export function asJson(command: Command): { json: boolean } {
  return { json: command.optsWithGlobals().json === true }
}

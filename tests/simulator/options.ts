// Reads the command line: an option is understood completely or refused with one line that says what is allowed.
import { readFileSync } from 'node:fs'
import { Command, CommanderError, InvalidArgumentError } from 'commander'
import { explain, schedule } from './control/schemas.ts'
import type { ScheduleEntry, SimulatorOptions } from './types.ts'

const whole = (least: number, most: number) => (text: string) => {
  const value = Number(text)
  if (text.trim() !== '' && Number.isInteger(value) && value >= least && value <= most) return value
  throw new InvalidArgumentError(`Expected a whole number from ${least} to ${most}.`)
}

/** Throws a CommanderError: with exit code 0 when only help was asked for. */
export function parseOptions(argv: string[]): SimulatorOptions {
  const command = new Command('simulator')
    .description('A WhatsApp server on loopback that speaks the real wire protocol to unpatched Baileys.')
    .option('--port <n>', 'port of the WhatsApp wire; 0: a free one', whole(0, 65535), 7420)
    .option('--control-port <n>', 'port of the control API; 0: a free one', whole(0, 65535), 7421)
    .option('--state <dir>', 'where state and ledger are kept; without it they are temporary')
    .option('--seed <n>', 'what every random draw follows from', whole(0, 2 ** 31), 1)
    .option('--schedule <file>', 'JSON file with the faults to raise, and when')
    .option(
      '--ref-first-ms <n>',
      'how long the first QR code of a socket is valid',
      whole(1, 3_600_000),
      60_000,
    )
    .option('--ref-next-ms <n>', 'how long each later one is valid', whole(1, 3_600_000), 20_000)
    .option('--ref-grace-ms <n>', 'how long a code still works after its time', whole(0, 60_000), 1000)
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeErr: () => undefined })
  const { schedule: file, ...options } = command.parse(argv, { from: 'user' }).opts()
  return file === undefined ? options : { ...options, schedule: readSchedule(file) }
}

function readSchedule(path: string): ScheduleEntry[] {
  const fail = (message: string): never => {
    throw new CommanderError(2, 'simulator.schedule', `error: --schedule ${path}: ${message}`)
  }
  let input: unknown
  try {
    input = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    return fail((error as Error).message)
  }
  const result = schedule.safeParse(input)
  return result.success ? (result.data as ScheduleEntry[]) : fail(explain(result.error, input))
}

// The history of a message: one line for each step, appended to its row; a long one loses steps of its middle, never its end.

import type { MessageState } from '../words.ts'

/** One line of a message's history; `at` is milliseconds since the epoch. */
export interface Step {
  at: number
  state: MessageState
  account?: string | null
  code?: string | null
}

/** Longest history of one message, in characters: what is repeated for a day would fill the row. Its end is written all the same. */
const maxSteps = 8_000

/** SQL that appends the line of a step after which something follows. @param line a parameter or an expression */
export const stepped = (line: string): string =>
  `steps = CASE WHEN length(steps) < ${maxSteps} THEN steps || ${line} ELSE steps END`

/** SQL that appends the line of an end. */
export const ended = (line: string): string => `steps = steps || ${line}`

/** As it is appended to the row. */
export function stepLine({ at, state, account, code }: Step): string {
  return `${JSON.stringify({ at, state, ...(account ? { account } : {}), ...(code ? { code } : {}) })}\n`
}

export function readSteps(lines: string): Step[] {
  return lines
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Step)
}

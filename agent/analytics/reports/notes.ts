// What the reader of a report must be told so that nobody takes a gap for a zero.

import { iso } from '../../iso.ts'
import type { Range } from '../outages.ts'

export interface Gaps {
  range: Range
  /** Accounts in the report, and those of them that the history knows nothing of in the range. */
  accounts: number
  unknown: readonly string[]
  /** The oldest thing that is known of any of them, in milliseconds since the epoch; null without any. */
  oldest: number | null
  /** Accounts of which there was too much, and where what was read of them begins. */
  cut: readonly { account: string; at: number }[]
  /** Of some account the acknowledged messages are not known. */
  uncounted: boolean
  compared: boolean
}

/** The history need not reach back to the very beginning: nothing may have happened then. */
const SLACK = 0.1
const NAMED = 10

/** Whether the history reaches back to the beginning of the range. */
export function reachesBack(oldest: number | null, { from, until }: Range): boolean {
  return oldest !== null && oldest <= from + SLACK * (until - from)
}

export function notesOf({ range, accounts, unknown, oldest, cut, uncounted, compared }: Gaps): string[] {
  if (accounts === 0) return ['There are no accounts.']
  if (unknown.length === accounts)
    return ['There is no history of this period: nothing can be said about it.']
  const notes: string[] = []
  if (unknown.length > 0)
    notes.push(
      `${unknown.length} of ${accounts} accounts have no history in this period and are in no figure: ${listed(unknown)}.`,
    )
  if (oldest !== null && !reachesBack(oldest, range))
    notes.push(`The history begins at ${iso(oldest)}: the figures are of the time since then.`)
  for (const { account, at } of cut)
    notes.push(`${account} has more events than are read: its figures are of the time since ${iso(at)}.`)
  if (uncounted)
    notes.push(
      'Acknowledged messages are counted over the last 24 hours, by the agent that holds the account: this report has no number of all of them.',
    )
  if (!compared)
    notes.push('The history does not cover the period before, so there is nothing to compare with.')
  return notes
}

function listed(names: readonly string[]): string {
  const more = names.length - NAMED
  return more > 0 ? `${names.slice(0, NAMED).join(', ')} and ${more} more` : names.join(', ')
}

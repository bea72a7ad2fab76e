// When a report was due last, for an agent that was not there then: found by asking the schedule about each minute of the last day.

import { setImmediate as turn } from 'node:timers/promises'

const MINUTE_MS = 60_000
const MINUTES = 24 * 60
/** Minutes that are asked about in one turn; each takes some fifty microseconds. */
const AT_ONCE = 60

/** Milliseconds since the epoch; null where it was not due for a day. The minute of `now` itself is that of the schedule. */
export async function lastDue(matches: (date: Date) => boolean, now: number): Promise<number | null> {
  const thisMinute = Math.floor(now / MINUTE_MS) * MINUTE_MS
  for (let back = 1; back < MINUTES; back++) {
    const at = thisMinute - back * MINUTE_MS
    if (matches(new Date(at))) return at
    if (back % AT_ONCE === 0) await turn()
  }
  return null
}

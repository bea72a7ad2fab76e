// All that the history has of one account in a range, in pages: no page holds the event loop for long, and no account can bring more than so much.

import { setImmediate as turn } from 'node:timers/promises'
import type { EventQuery, History, KeptEvent } from '../../history/port.ts'
import type { Range } from '../outages.ts'

/** SQLite reads and parses so many in about five milliseconds, in which nothing else has a turn. */
const PAGE = 500
/** An account that is scored every five minutes and changes its state every minute has fewer in a month. */
const MOST = 60_000

export interface Past {
  /** Oldest first; the last change of state before the range stands in front. */
  events: KeptEvent[]
  /** Where the rest begins when there were more than so many, in milliseconds since the epoch. */
  cutAt: number | null
}

/** Rejects as the history does, and with the signal's reason when that says stop. */
export async function readPast(
  history: History,
  account: string,
  { from, until }: Range,
  stop: AbortSignal,
  { page = PAGE, most = MOST } = {},
): Promise<Past> {
  const newestFirst: KeptEvent[] = []
  const ask = async (query: Omit<EventQuery, 'account'>): Promise<KeptEvent[]> => {
    stop.throwIfAborted()
    const events = await history.read({ account, ...query })
    // The embedded history answers without ever having waited.
    await turn()
    return events
  }
  let cutAt: number | null = null
  let before = until
  let last: KeptEvent[] = []
  for (;;) {
    const events = await ask({ since: from, until: before, limit: page })
    const known = new Set(last.map(({ id }) => id))
    const fresh = events.filter(({ id }) => !known.has(id))
    newestFirst.push(...fresh)
    const oldest = events.at(-1)
    if (!oldest || events.length < page || fresh.length === 0) break
    if (newestFirst.length >= most) {
      cutAt = oldest.at
      break
    }
    // Others of the same millisecond may follow on the next page, which begins with those that are known.
    last = events
    before = Math.min(before, oldest.at + 1)
  }
  const [earlier] = await ask({ type: 'session.state-changed', until: from, limit: 1 })
  return { events: [...(earlier ? [earlier] : []), ...newestFirst.reverse()], cutAt }
}

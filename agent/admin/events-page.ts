// A page of events that pass a test which the history cannot make itself: read in chunks, never more than so many for one page.

import type { EventQuery, KeptEvent } from '../history/port.ts'
import { eventList } from './endpoints/events.ts'
import type { Term } from './filter/terms.ts'
import { boundTo, cursorOf, readCursor } from './list/cursor.ts'
import type { Page } from './list/rows.ts'

/** Events that are looked at for one page, at most and about. */
const MOST_LOOKED_AT = 10_000
const CHUNK = 1_000
const SORT = '-at'

export interface Wish {
  /** Milliseconds since the epoch, not included. */
  until: number | undefined
  wanted(event: KeptEvent): boolean
  limit: number
  cursor: string | undefined
  /** What `wanted` follows from beside the caller; the cursor is bound to it. */
  filter: readonly Term[]
}

type Place = { at: number; id: string }

/** @param read the newest first, of those before `until`; within one millisecond, by id */
export async function readEvents(
  read: (more: Pick<EventQuery, 'limit'> & Partial<EventQuery>) => Promise<KeptEvent[]>,
  { until, wanted, limit, cursor, filter }: Wish,
): Promise<Page<KeptEvent>> {
  const of = boundTo(eventList, filter)
  let after = cursor === undefined ? null : placeOf(cursor, of)
  const rows: KeptEvent[] = []
  let looked = 0
  // As many as are needed where everything passes; one more tells whether there is another page.
  let chunk = Math.min(CHUNK + 1, limit + 1)
  for (;;) {
    const within = after === null ? until : Math.min(until ?? Number.POSITIVE_INFINITY, after.at + 1)
    const found = await read({ limit: chunk, ...(within === undefined ? {} : { until: within }) })
    const place: Place | null = after
    const fresh = place === null ? found : found.filter((event) => isAfter(event, place))
    for (const event of fresh) {
      // After the last that was shown: what the caller may not see leaves no trace, but where nothing else leads on.
      if (rows.length === limit) return { rows, nextCursor: written(rows.at(-1) ?? after, of) }
      if (looked >= MOST_LOOKED_AT) return { rows, nextCursor: written(after, of) }
      looked += 1
      after = { at: event.at, id: event.id }
      if (wanted(event)) rows.push(event)
    }
    if (found.length < chunk) return { rows, nextCursor: null }
    // More events of one millisecond than a chunk has: it must be larger to get past them.
    chunk = fresh.length === 0 ? chunk * 2 : CHUNK + 1
  }
}

function isAfter(event: KeptEvent, { at, id }: Place): boolean {
  return event.at < at || (event.at === at && event.id < id)
}

function written(place: Place | null, of: string): string | null {
  return place && cursorOf({ of, sort: SORT, value: place.at, key: place.id })
}

function placeOf(cursor: string, of: string): Place {
  const { value, key } = readCursor(cursor, { of, sort: SORT }, (key) => key.length <= 64)
  return { at: typeof value === 'number' && Number.isSafeInteger(value) ? value : 0, id: key }
}

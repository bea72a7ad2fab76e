// Pages of events put together are what passes the test, each once, in order, also where many are of one millisecond.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { readEvents } from '../../../../agent/admin/events-page.ts'
import type { EventQuery, KeptEvent } from '../../../../agent/history/port.ts'

/** As the history answers: before `until`, the newest first, within one millisecond by id. */
function historyOf(events: readonly KeptEvent[]) {
  const sorted = [...events].sort((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1))
  return async ({ until = Number.POSITIVE_INFINITY, limit }: Partial<EventQuery> & { limit: number }) =>
    sorted.filter(({ at }) => at < until).slice(0, limit)
}

async function walk(events: readonly KeptEvent[], wanted: (event: KeptEvent) => boolean, limit: number) {
  const seen: KeptEvent[] = []
  let cursor: string | undefined
  for (let pages = 0; pages < 1_000; pages++) {
    const page = await readEvents(historyOf(events), { until: undefined, wanted, limit, cursor, filter: [] })
    expect(page.rows.length).toBeLessThanOrEqual(limit)
    seen.push(...page.rows)
    if (page.nextCursor === null) return seen
    cursor = page.nextCursor
  }
  throw new Error('it has no end')
}

it('for whatever times, tests and page lengths', async () => {
  const event = fc.record({ id: fc.uuid(), at: fc.integer({ min: 0, max: 4 }), pass: fc.boolean() })
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(event, { selector: ({ id }) => id, maxLength: 40 }),
      fc.integer({ min: 1, max: 6 }),
      async (some, limit) => {
        const events = some.map((each) => ({ ...each, type: 'session.opened', account: null }))
        const all = await historyOf(events)({ limit: 1_000 })
        const seen = await walk(events, ({ pass }) => pass === true, limit)
        expect(seen).toEqual(all.filter(({ pass }) => pass))
      },
    ),
  )
})

it('a test that nothing passes ends after so many looks, with the way to go on', async () => {
  const events = Array.from({ length: 25_000 }, (_, i) => ({
    id: String(i).padStart(6, '0'),
    at: Math.floor(i / 3_000),
    type: 'session.opened',
    account: null,
  }))
  const first = await readEvents(historyOf(events), {
    until: undefined,
    wanted: () => false,
    limit: 10,
    cursor: undefined,
    filter: [],
  })
  expect([first.rows, typeof first.nextCursor]).toEqual([[], 'string'])
  expect((await walk(events, ({ id }) => id === '000003', 10)).map(({ id }) => id)).toEqual(['000003'])
})

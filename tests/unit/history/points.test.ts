// What becomes of an event in InfluxDB: its whole self, and the numbers that can be drawn of it.

import { expect, it } from 'vitest'
import { type AnyEvent, Bus } from '../../../agent/events.ts'
import { pointsOf } from '../../../agent/history/influx/points.ts'
import { nanosecondOf, pointTime, queryTime } from '../../../agent/history/influx/time.ts'

const bus = new Bus('node-1')
const about = { account: 'a-1' }
const whose = { account: 'a-1', node: 'node-1' }
const ended = { attempt: 1, method: 'qr', inARow: 0, viewed: true, ms: 9 } as const
const scored = { status: 'x', caps: [], issues: [] }
const finding = { since: 1, pattern: 'p', numbers: {} }
const closed = { reason: 'replaced', code: 440, detail: '' } as const

it.each<[AnyEvent, object | undefined]>([
  [
    bus.emit('pairing.scanned', { attempt: 1, scanMs: 18_400 }, about),
    { measurement: 'scan', tags: whose, fields: { scan_ms: 18_400 } },
  ],
  [bus.emit('pairing.scanned', { attempt: 1, scanMs: null }, about), undefined],
  [bus.emit('pairing.scanned', { attempt: 1, scanMs: Number.NaN }, about), undefined],
  [
    bus.emit('pairing.ended', { ...ended, outcome: 'expired', watchedMs: 60_000 }, about),
    { measurement: 'scan', tags: { ...whose, outcome: 'expired' }, fields: { watched_ms: 60_000 } },
  ],
  [
    bus.emit(
      'health.scored',
      {
        ...scored,
        score: 87.5,
        confidence: 1,
        factors: { qrQuality: 2, uptime: null, errorRate: Number.POSITIVE_INFINITY },
      },
      about,
    ),
    { measurement: 'health', tags: whose, fields: { score: 87.5, confidence: 1, qr_quality: 2 } },
  ],
  [
    bus.emit('session.closed', { ...closed, openForMs: 5 }, about),
    {
      measurement: 'disconnect',
      tags: { ...whose, reason: 'replaced' },
      fields: { disconnects: 1, open_for_ms: 5 },
    },
  ],
  [
    bus.emit('session.closed', { ...closed, openForMs: null }, about),
    { measurement: 'disconnect', tags: { ...whose, reason: 'replaced' }, fields: { disconnects: 1 } },
  ],
  [
    bus.emit('session.opened', { ms: 7, reconnect: true }, about),
    { measurement: 'recovery', tags: whose, fields: { ms: 7 } },
  ],
  [bus.emit('session.opened', { ms: 7, reconnect: false }, about), undefined],
  [
    bus.emit('diagnosis.found', { ...finding, issue: 'ZOMBIE\nSESSION', severity: '' }, about),
    {
      measurement: 'diagnosis',
      tags: { ...whose, issue: 'ZOMBIE%0ASESSION', severity: '%' },
      fields: { active: 1 },
    },
  ],
  [
    bus.emit('diagnosis.cleared', { issue: 'X', forMs: 3 }, about),
    { measurement: 'diagnosis', tags: { ...whose, issue: 'X' }, fields: { active: 0, for_ms: 3 } },
  ],
  [bus.emit('agent.stopping', { signal: 'x' }), undefined],
])('$type', (event, expected) => {
  const [whole, numbers, ...more] = pointsOf(event)
  const timestamp = pointTime(event.at, event.id)
  expect(whole).toMatchObject({ measurement: 'event', timestamp, fields: { id: event.id } })
  expect(whole?.tags).toEqual({ ...(event.account ? whose : { node: 'node-1' }), type: event.type })
  expect(numbers).toEqual(expected && { ...expected, timestamp })
  expect(more).toEqual([])
})

it('the data is JSON without an apostrophe, and the same data', () => {
  const detail = `it's \\' "quoted" \n`
  const [whole] = pointsOf(bus.emit('session.trapped', { trap: 'frame-rejected', detail }, about))
  expect(whole?.fields?.data).not.toContain("'")
  expect(JSON.parse(whole?.fields?.data)).toEqual({ node: 'node-1', trap: 'frame-rejected', detail })
})

it('events of one process have a nanosecond each, and the same one every time', () => {
  const ids = Array.from({ length: 20_000 }, () => bus.emit('agent.stopping', { signal: 'x' }).id)
  const times = ids.map((id) => pointTime(1_700_000_000_123, id))
  expect(ids.map((id) => pointTime(1_700_000_000_123, id))).toEqual(times)
  for (const time of times) expect(time).toMatch(/^1700000000123\d{6}$/)
  // The ids of one millisecond follow each other; those of another one begin elsewhere, and have another time anyway.
  const byMs = Map.groupBy(ids, (id) => id.slice(0, 13))
  for (const group of byMs.values()) expect(new Set(group.map(nanosecondOf)).size).toBe(group.length)
})

it.each([
  ['018f0000-0000-7000-8000-000000000000', 0],
  ['018f0000-0000-7000-8000-040000000000', 1],
  ['018f0000-0000-7fff-bfff-ffffffffffff', (2 ** 32 - 1) % 1_000_000],
])('the counter of %s is %i', (id, expected) => {
  expect(nanosecondOf(id)).toBe(expected)
})

it('an id of another kind has a nanosecond too', () => {
  expect(nanosecondOf('e0')).not.toBe(nanosecondOf('e1'))
  expect(nanosecondOf('e0')).toBeLessThan(1_000_000)
})

it('a moment that InfluxDB does not know becomes its first or last', () => {
  expect(queryTime(1_700_000_000_123)).toBe('1700000000123000000')
  expect(queryTime(0.5)).toBe('1000000')
  expect([queryTime(8.64e15), queryTime(Number.POSITIVE_INFINITY)]).toEqual([
    '9223372036854775806',
    '9223372036854775806',
  ])
  expect([queryTime(-8.64e15), queryTime(Number.NEGATIVE_INFINITY)]).toEqual([
    '-9223372036854775806',
    '-9223372036854775806',
  ])
})

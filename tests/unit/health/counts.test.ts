// Sums of the last 24 hours: nothing is counted twice, nothing stays, and no absurd amount gets in.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type HalfHour, RollingCounts } from '../../../agent/health/counts.ts'
import { countsIn, textOf } from '../../../agent/health/counts-text.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

it('forgets after a day, to within half an hour', () => {
  const counts = new RollingCounts()
  counts.add('failed', 1, 10 * HOUR)
  expect(counts.sums(33 * HOUR).failed).toBe(1)
  expect(counts.sums(33.4 * HOUR).failed).toBe(1)
  expect(counts.sums(34 * HOUR).failed).toBe(0)
})

it('a gap of any length leaves nothing of what was before it', () => {
  const counts = new RollingCounts()
  counts.add('failed', 1, 0)
  expect(counts.sums(1_000 * 24 * HOUR).failed).toBe(0)
})

it('negative, infinite and absent amounts are left out, and a time before the last one is counted', () => {
  const counts = new RollingCounts()
  for (const amount of [-1, Number.NaN, Number.POSITIVE_INFINITY]) counts.add('acks', amount, HOUR)
  counts.add('acks', 2, 5 * HOUR)
  counts.add('acks', 1, 4 * HOUR)
  expect(counts.sums(5 * HOUR).acks).toBe(3)
})

it('equals the plain sum of what is at most 23.5 hours old, and is no more than that of a day', () => {
  const event = fc.record({ afterMs: fc.nat({ max: 3 * HOUR }), amount: fc.nat({ max: 10 }) })
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), (events) => {
      const counts = new RollingCounts()
      let now = 0
      const all = events.map(({ afterMs, amount }) => {
        now += afterMs
        counts.add('messages', amount, now)
        return { at: now, amount }
      })
      const sumSince = (from: number) =>
        all.reduce((sum, { at, amount }) => (at >= from ? sum + amount : sum), 0)
      const { messages } = counts.sums(now)
      expect(messages).toBeGreaterThanOrEqual(sumSince(now - 23.5 * HOUR))
      expect(messages).toBeLessThanOrEqual(sumSince(now - 24 * HOUR))
    }),
  )
})

it('says which half hours changed since it was last asked, whole and once', () => {
  const counts = new RollingCounts()
  counts.add('acks', 1, 10 * MINUTE)
  counts.add('acks', 1, 40 * MINUTE)
  expect(counts.changed(41 * MINUTE)).toEqual([
    { beginsMs: 0, counts: { acks: 1 } },
    { beginsMs: 30 * MINUTE, counts: { acks: 1 } },
  ])
  expect(counts.changed(42 * MINUTE)).toEqual([])
  counts.add('failed', 2, 43 * MINUTE)
  const [half] = counts.changed(44 * MINUTE)
  expect(half).toEqual({ beginsMs: 30 * MINUTE, counts: { acks: 1, failed: 2 } })
  if (half) counts.changedStill(half)
  expect(counts.changed(45 * MINUTE)).toEqual([half])
})

it('what changed and was forgotten before anybody asked is not said', () => {
  const counts = new RollingCounts()
  counts.add('acks', 1, 0)
  expect(counts.changed(25 * HOUR)).toEqual([])
})

it('what is recalled is in the sums, is forgotten at its age, and is never given out as our own', () => {
  const counts = new RollingCounts()
  counts.recall({ beginsMs: -10 * HOUR, counts: { acks: 5, upMs: 7 } }, HOUR)
  counts.recall({ beginsMs: -24 * HOUR, counts: { acks: 100 } }, HOUR)
  counts.add('acks', 1, HOUR)
  expect(counts.sums(HOUR)).toMatchObject({ acks: 6, upMs: 7 })
  expect(counts.changed(HOUR)).toEqual([{ beginsMs: HOUR, counts: { acks: 1 } }])
  expect(counts.sums(13.9 * HOUR).acks).toBe(6)
  expect(counts.sums(14 * HOUR).acks).toBe(1)
})

it('of any number of processes one after the other, the last one has no less than the last 23 hours and no more than a day', () => {
  const event = fc.record({ afterMs: fc.nat({ max: 3 * HOUR }), amount: fc.nat({ max: 10 }) })
  const life = fc.record({
    downMs: fc.integer({ min: 1, max: HOUR }),
    events: fc.array(event, { maxLength: 15 }),
  })
  fc.assert(
    fc.property(fc.array(life, { minLength: 1, maxLength: 6 }), (lives) => {
      let wall = 0
      const all: { at: number; amount: number }[] = []
      const kept: HalfHour[] = []
      let sum = 0
      for (const { downMs, events } of lives) {
        wall += downMs
        const offset = wall
        const counts = new RollingCounts()
        for (const { beginsMs, counts: sums } of kept)
          counts.recall({ beginsMs: beginsMs - offset, counts: sums }, 0)
        for (const { afterMs, amount } of events) {
          wall += afterMs
          counts.add('messages', amount, wall - offset)
          all.push({ at: wall, amount })
        }
        sum = counts.sums(wall - offset).messages
        for (const half of counts.changed(wall - offset))
          kept.push({ ...half, beginsMs: half.beginsMs + offset })
      }
      const since = (from: number) =>
        all.reduce((total, { at, amount }) => (at >= from ? total + amount : total), 0)
      expect(sum).toBeGreaterThanOrEqual(since(wall - 23 * HOUR))
      expect(sum).toBeLessThanOrEqual(since(wall - 24 * HOUR))
    }),
  )
})

it.each([
  ['not JSON', null],
  ['', null],
  ['null', null],
  ['7', null],
  ['[]', null],
  ['{"acks":-1}', null],
  ['{"acks":null}', null],
  ['{"acks":"7"}', null],
  ['{"acks":1e999}', null],
  ['{"acks":NaN}', null],
  ['{}', {}],
  ['{"acks":2,"somethingNewer":"x"}', { acks: 2 }],
])('the text %s holds %o', (text, counts) => {
  expect(countsIn(text)).toEqual(counts)
})

it('text of sums holds these sums', () => {
  const sums = { upMs: 1_800_000.25, acks: 3 }
  expect(countsIn(textOf(sums))).toEqual(sums)
})

// Sums of the last 24 hours: nothing is counted twice, nothing stays, and no absurd amount gets in.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { RollingCounts } from '../../../agent/health/counts.ts'

const HOUR = 3_600_000

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

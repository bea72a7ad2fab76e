// What limits come to: slices of whole messages, and a day that grows with the age of an account.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { DAY_MS, dayAllowance, sliceOf } from '../../../agent/outbox/rates.ts'

it('a slice has whole messages, no more than its share, and nine tenths of it at least', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000_000 }), (perMinute) => {
      const { points, duration } = sliceOf(perMinute)
      const share = (perMinute * duration) / 60
      expect(Number.isInteger(points) && points >= 1).toBe(true)
      expect(points).toBeLessThanOrEqual(share)
      expect(points).toBeGreaterThanOrEqual(0.9 * share)
      expect(duration).toBeGreaterThanOrEqual(5)
      expect(duration).toBeLessThanOrEqual(60)
    }),
  )
})

it('the allowance grows from the first day to the full one, by the same factor every day', () => {
  const shape = fc.record({
    full: fc.integer({ min: 1, max: 1_000_000 }),
    days: fc.integer({ min: 1, max: 365 }),
    firstDay: fc.integer({ min: 1, max: 100_000 }),
    age: fc.double({ min: -1, max: 400, noNaN: true }),
  })
  fc.assert(
    fc.property(shape, ({ full, days, firstDay, age }) => {
      const of = (inDays: number) => dayAllowance(full, { days, firstDay }, inDays * DAY_MS)
      expect(of(0)).toBe(Math.min(full, firstDay))
      expect(of(days)).toBeGreaterThanOrEqual(full - 1)
      expect(of(age + 1)).toBeGreaterThanOrEqual(of(age))
      expect(of(age)).toBeLessThanOrEqual(full)
      expect(of(age)).toBeGreaterThanOrEqual(Math.min(full, firstDay))
    }),
  )
  expect(dayAllowance(500, null, 0)).toBe(500)
  expect([0, 7, 14].map((day) => dayAllowance(5_000, { days: 14, firstDay: 50 }, day * DAY_MS))).toEqual([
    50, 500, 5_000,
  ])
})

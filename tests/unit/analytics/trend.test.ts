// A trend is a line through the samples, a forecast says how far it may be off, and neither is drawn from too little.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { parsePeriod } from '../../../agent/analytics/periods.ts'
import { forecast, trendOf } from '../../../agent/analytics/trend.ts'

const HOUR = 3_600_000
const start = 1_700_000_000_000
/** A sample an hour. */
const samples = (scores: number[]) => scores.map((score, i) => ({ at: start + i * HOUR, score }))
const falling = samples(Array.from({ length: 25 }, (_, i) => 96 - i))

it('finds the slope of a line exactly', () => {
  expect(trendOf(falling)).toMatchObject({ samples: 25, mean: 84, lowest: 72, direction: 'falling' })
  expect(trendOf(falling).slopePerDay).toBeCloseTo(-24, 6)
  expect(trendOf(samples([80, 80, 80.01])).direction).toBe('steady')
  expect(trendOf(samples([10, 40])).direction).toBe('rising')
  expect(trendOf([])).toEqual({
    samples: 0,
    mean: null,
    lowest: null,
    slopePerDay: null,
    direction: 'unknown',
  })
  expect(
    trendOf([
      { at: start, score: 1 },
      { at: start, score: 2 },
    ]).direction,
  ).toBe('unknown')
})

it('says when a falling score will be below the threshold, and how sure that is', () => {
  const now = start + 24 * HOUR
  expect(forecast(falling, now, 13, 60)).toMatchObject({ below: 'yes', error: expect.closeTo(0, 6) })
  expect(forecast(falling, now, 11, 60)).toMatchObject({ below: 'no', expected: expect.closeTo(61, 6) })
  const noisy = samples(Array.from({ length: 25 }, (_, i) => 96 - i + (i % 2 ? 5 : -5)))
  expect(forecast(noisy, now, 11, 60).below).toBe('maybe')
  expect(forecast(noisy, now, 11, 60).error).toBeCloseTo(5.2, 0)
})

it('says nothing from fewer than eight samples, and never leaves 0 to 100', () => {
  expect(forecast(falling.slice(0, 7), start, 1, 60).below).toBe('unknown')
  expect(forecast(falling, start, 24 * 365, 60).expected).toBe(0)
})

it('no sample makes it fail', () => {
  const sample = fc.record({
    at: fc.integer({ min: start, max: start + 1_000 * HOUR }),
    score: fc.double({ min: 0, max: 100, noNaN: true }),
  })
  fc.assert(
    fc.property(fc.array(sample, { maxLength: 30 }), (list) => {
      const said = forecast(list, start, 24, 60)
      expect(said.expected === null || (said.expected >= 0 && said.expected <= 100)).toBe(true)
      expect(Number.isNaN(said.error ?? 0)).toBe(false)
    }),
  )
})

it.each([
  ['7days', 7 * 24 * HOUR],
  ['1day', 24 * HOUR],
  ['30d', 30 * 24 * HOUR],
  ['24h', 24 * HOUR],
  ['0d', null],
  ['366d', null],
  ['-1d', null],
  ['7', null],
  ['7 weeks', null],
])('the period %s is %s', (text, ms) => {
  expect(parsePeriod(text)).toBe(ms)
})

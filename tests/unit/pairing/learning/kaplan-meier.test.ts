// The curve is that of the textbooks, falls only where somebody scanned, and without cut-offs is the plain distribution.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { kaplanMeier } from '../../../../agent/pairing/learning/kaplan-meier.ts'
import { interval90, quantile } from '../../../../agent/pairing/learning/quantiles.ts'
import { anybody, anyTime, cutOff, people, scan, times } from './people.ts'

describe('the remission times of Freireich et al. (1963), 21 patients on 6-MP', () => {
  const curve = kaplanMeier(people('6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+'))

  it.each([
    [6, 0.857, 0.0764],
    [7, 0.807, 0.0869],
    [10, 0.753, 0.0963],
    [13, 0.69, 0.1068],
    [16, 0.627, 0.1141],
    [22, 0.538, 0.1282],
    [23, 0.448, 0.1346],
  ])('after %d weeks %d are waiting, with a standard error of %d', (week, share, error) => {
    const i = curve.times.indexOf(week)
    expect(curve.waiting[i]).toBeCloseTo(share, 3)
    const waiting = curve.waiting[i] ?? 0
    expect(waiting * Math.sqrt(curve.greenwood[i] ?? 0)).toBeCloseTo(error, 3)
  })

  it.each([
    [0.25, 13],
    [0.5, 23],
    [0.6, null],
  ])('the quantile %d is %s', (q, weeks) => {
    expect(quantile(curve, q)).toBe(weeks)
  })

  it('has an interval around the median that is open where too few were watched', () => {
    const { lowMs, highMs } = interval90(curve, 0.5)
    expect(lowMs).toBe(13)
    expect(highMs).toBeNull()
  })
})

it('without cut-offs it is the distribution of the times', () => {
  fc.assert(
    fc.property(
      fc.array(anyTime, { minLength: 1, maxLength: 60 }),
      fc.double({ min: 0.01, max: 1, noNaN: true }),
      (ms, q) => {
        const curve = kaplanMeier(ms.map((time) => scan(time)))
        for (const [i, time] of curve.times.entries())
          expect(curve.waiting[i]).toBeCloseTo(ms.filter((other) => other > time).length / ms.length, 9)
        const sorted = ms.toSorted((a, b) => a - b)
        expect(quantile(curve, q)).toBe(sorted[Math.ceil(q * ms.length - 1e-7) - 1])
      },
    ),
  )
})

it('never rises, stays between 0 and 1, and counts everybody', () => {
  fc.assert(
    fc.property(anybody, (list) => {
      const curve = kaplanMeier(list)
      let before = 1
      for (const share of curve.waiting) {
        expect(share).toBeGreaterThanOrEqual(0)
        expect(share).toBeLessThan(before)
        before = share
      }
      expect(curve.plateau).toBe(before)
      expect(curve.counts.reduce((a, b) => a + b, 0)).toBe(curve.scans)
      expect([curve.people, curve.longestMs]).toEqual([list.length, Math.max(0, ...list.map(({ ms }) => ms))])
    }),
  )
})

it('the order in which people came does not matter', () => {
  fc.assert(
    fc.property(anybody, (list) => {
      expect(kaplanMeier(list.toReversed())).toEqual(kaplanMeier(list))
    }),
  )
})

it('who is cut off before anybody scanned changes nothing; who is watched longer than all adds no step and only hope', () => {
  fc.assert(
    fc.property(anybody, (list) => {
      const shifted = list.map((one) => ({ ...one, ms: one.ms + 1 }))
      const curve = kaplanMeier(shifted)
      expect(kaplanMeier([...shifted, cutOff(0)]).waiting).toEqual(curve.waiting)
      const longer = kaplanMeier([...shifted, cutOff(400_000)])
      expect(longer.times).toEqual(curve.times)
      for (const [i, share] of longer.waiting.entries())
        expect(share).toBeGreaterThanOrEqual(curve.waiting[i] ?? 0)
    }),
  )
})

it('quantiles grow with their share, and lie inside of their interval', () => {
  const share = fc.double({ min: 0.01, max: 0.99, noNaN: true })
  fc.assert(
    fc.property(anybody, share, share, (list, a, b) => {
      const curve = kaplanMeier(list)
      const [low, high] = [Math.min(a, b), Math.max(a, b)].map(
        (q) => quantile(curve, q) ?? Number.POSITIVE_INFINITY,
      )
      expect(low).toBeLessThanOrEqual(high as number)
      const { lowMs, highMs } = interval90(curve, a)
      const at = quantile(curve, a) ?? Number.POSITIVE_INFINITY
      expect(lowMs ?? Number.NEGATIVE_INFINITY).toBeLessThanOrEqual(at)
      expect(highMs ?? Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(at)
    }),
  )
})

it('nobody has no quantiles', () => {
  const curve = kaplanMeier([])
  expect([quantile(curve, 0.5), interval90(curve, 0.5), curve.plateau]).toEqual([
    null,
    { lowMs: null, highMs: null },
    1,
  ])
})

it.each([
  [58, null],
  [59, 40_000],
])('%d people who all took 40 s: the p95 is at most %s', (n, highMs) => {
  expect(interval90(kaplanMeier(times(n, () => 40_000)), 0.95).highMs).toBe(highMs)
})

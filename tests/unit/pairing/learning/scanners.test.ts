// Who never scans does not count for how long people take, and who was not watched long enough is not taken for one of them.

import { describe, expect, it } from 'vitest'
import { kaplanMeier } from '../../../../agent/pairing/learning/kaplan-meier.ts'
import { fromEverybody, fromScans } from '../../../../agent/pairing/learning/learned.ts'
import { withoutPlateau } from '../../../../agent/pairing/learning/without-plateau.ts'
import { gamma, lognormal, normal, seeded, uniform } from '../backtest/traces.ts'
import { cutOff, people, scan, times } from './people.ts'

const maxMs = 180_000
const many = (n: number, ms: number, one = cutOff) => Array.from({ length: n }, () => one(ms))

describe('who never scans', () => {
  const scans = times(200, (i) => 10_000 + 100 * i)

  it.each([0, 50, 200, 800])('%d of them change nothing about the 200 who do', (absent) => {
    const known = fromEverybody([...scans, ...many(absent, maxMs)], maxMs)
    // A tail that nobody can rule out moves it by a step or two.
    expect(Math.abs((known.p95Ms ?? 0) - 28_900)).toBeLessThanOrEqual(300)
    expect(known.timeOf(0.99)).toBe(29_700)
    expect(known.confidence).toBeCloseTo(fromEverybody(scans, maxMs).confidence, 2)
  })

  it('are not told from slow people while nobody was watched for long', () => {
    const known = fromEverybody([...scans, ...many(50, 60_000)], maxMs)
    expect([known.p95Ms, known.confidence, known.timeOf(0.99)]).toEqual([null, 0, null])
    expect(known.timeOf(0.5)).not.toBeNull()
  })

  it('leave the curve of those who do, whoever else was cut off early', () => {
    const curve = withoutPlateau(kaplanMeier(people('10 20 25+ 30 40 90+ 90+ 90+')))
    expect(curve.plateau).toBe(0)
    expect(curve.waiting.at(-1)).toBe(0)
    expect(curve.times).toEqual(new Float64Array([10, 20, 30, 40]))
    for (const [i, share] of curve.waiting.entries())
      expect(share).toBeLessThan(i === 0 ? 1 : (curve.waiting[i - 1] ?? 0))
  })
})

it('the curve without a plateau is that of the scans where everybody else was watched to the end', () => {
  const mixed = withoutPlateau(kaplanMeier([...times(40, (i) => 1_000 * (i + 1)), ...many(17, maxMs)]))
  const alone = kaplanMeier(times(40, (i) => 1_000 * (i + 1)))
  for (const [i, share] of alone.waiting.entries()) {
    expect(mixed.waiting[i]).toBeCloseTo(share, 9)
    if (share > 0) expect(mixed.greenwood[i]).toBeCloseTo(alone.greenwood[i] ?? 0, 9)
    expect(mixed.watched[i]).toBeCloseTo(40, 6)
  }
})

it('people who are cut off bias the p95 of the scans, and not that of everybody', () => {
  const random = seeded(3)
  const list = Array.from({ length: 500 }, () => {
    const ms = 1000 * (uniform(20, 120)(random) ?? 0)
    const windowMs = random() < 0.5 ? 60_000 : maxMs
    return ms <= windowMs ? scan(Math.round(ms)) : cutOff(windowMs)
  })
  const truth = 115_000
  expect(Math.abs((fromEverybody(list, maxMs).p95Ms ?? 0) - truth)).toBeLessThan(0.03 * truth)
  expect(fromScans(many(200, 50_000, scan)).p95Ms).toBe(50_000)
})

it.each([
  ['lognormal', lognormal(70, 0.5)],
  ['gamma', gamma(80, 4)],
  ['normal', normal(110, 40)],
])(
  '%s times of which some are longer than any window: the p95 is mostly within 5%, and seldom off by 15%',
  (_, draw) => {
    const errors = Array.from({ length: 40 }, (_, seed) => {
      const random = seeded(seed)
      const all = Array.from({ length: 500 }, () => 1000 * (draw(random) ?? 0)).sort((a, b) => a - b)
      const list = all.map((ms) => (ms <= maxMs ? scan(Math.round(ms)) : cutOff(maxMs)))
      const truth = all[474] as number
      return Math.abs((fromEverybody(list, maxMs).p95Ms ?? 0) - truth) / truth
    }).sort((a, b) => a - b)
    expect(errors[20]).toBeLessThan(0.05)
    expect(errors[36]).toBeLessThan(0.15)
  },
)

it('nothing is claimed of people whom no window will ever show', () => {
  const known = fromEverybody([...times(40, (i) => 150_000 + 700 * i), ...many(400, maxMs)], maxMs)
  expect(known.p95Ms === null || known.p95Ms <= 2 * maxMs).toBe(true)
  expect(fromEverybody(many(400, maxMs), maxMs)).toMatchObject({ scans: 0, p95Ms: null, confidence: 0 })
  expect(fromScans(many(400, maxMs))).toEqual({ scans: 0, p95Ms: null, confidence: 0 })
})

it('500 people are told in well under a millisecond', () => {
  const random = seeded(1)
  const list = Array.from({ length: 500 }, () =>
    (random() < 0.8 ? scan : cutOff)(Math.round(random() * maxMs)),
  )
  const took = Array.from({ length: 200 }, () => {
    const since = performance.now()
    fromEverybody([...list], maxMs)
    return performance.now() - since
  }).sort((a, b) => a - b)
  expect(took[100]).toBeLessThan(1)
})

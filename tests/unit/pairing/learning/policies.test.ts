// What each policy makes of what is known: the letter of the rule, the limits, and the surprises.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Observation } from '../../../../agent/pairing/learning/observation.ts'
import { policies } from '../../../../agent/pairing/learning/policies/index.ts'
import { anybody, cutOff, scan, settings, times } from './people.ts'

const { fixed, blend, survival } = policies
const nobody: Observation[] = []
const alone = (account: Observation[]) => ({ account, fleet: nobody })

describe.each(Object.entries(policies))('%s', (_, policy) => {
  it('answers a window within the limits, and confidence from 0 to 1', () => {
    fc.assert(
      fc.property(anybody, anybody, fc.nat({ max: 5 }), (account, fleet, inARow) => {
        const { windowMs, confidence } = policy({ account, fleet }, inARow, settings)
        expect(Number.isInteger(windowMs)).toBe(true)
        expect(windowMs).toBeGreaterThanOrEqual(60_000)
        expect(windowMs).toBeLessThanOrEqual(180_000)
        expect(confidence).toBeGreaterThanOrEqual(0)
        expect(confidence).toBeLessThanOrEqual(1)
      }),
    )
  })

  it('starts from the base', () => {
    expect(policy(alone([]), 0, settings)).toEqual({
      windowMs: 120_000,
      source: 'base',
      confidence: 0,
      p95Ms: null,
    })
  })
})

it('fixed stays at the base and shows the p95 of the scans', () => {
  const list = [...times(100, (i) => 1_000 * (i + 1)), cutOff(120_000)]
  expect(fixed(alone(list), 2, settings)).toMatchObject({ windowMs: 120_000, source: 'base', p95Ms: 95_000 })
})

describe('blend', () => {
  it.each([
    ['the rule', 100, (i: number) => 40_000 + 10 * i, {}, 120_000 * 0.8 + (40_940 + 10_000) * 0.2, 'account'],
    ['the upper limit', 100, () => 179_000, { baseMs: 180_000 }, 180_000, 'account'],
    ['the lower limit', 100, () => 1_000, { baseMs: 60_000 }, 60_000, 'account'],
    ['29 scans are too few', 29, () => 40_000, {}, 120_000, 'base'],
    ['times that are too far apart to trust', 100, (i: number) => 1_000 * 1.1 ** i, {}, 120_000, 'base'],
    [
      'times that one trusts with less',
      100,
      (i: number) => 1_000 * 1.1 ** i,
      { confidence: 0.1 },
      180_000,
      'account',
    ],
  ] as const)('%s', (_, n, ms, changed, windowMs, source) => {
    const list = times(n, (i) => Math.round(ms(i)))
    expect(blend(alone(list), 0, { ...settings, ...changed })).toMatchObject({
      windowMs: Math.round(windowMs),
      source,
    })
  })

  it('does not look at the fleet or at who was cut off', () => {
    const fleet = times(200, () => 20_000)
    const account = Array.from({ length: 200 }, () => cutOff(60_000))
    expect(blend({ account, fleet }, 0, settings)).toMatchObject({ windowMs: 120_000, source: 'base' })
  })
})

describe('survival', () => {
  // In no order, as people come: 77 and 200 have no factor in common.
  const quick = times(200, (i) => 20_000 + 100 * ((77 * i) % 200)) // 99% within 39.7 s
  const slow = times(200, (i) => 90_000 + 100 * ((77 * i) % 200)) // 99% within 109.7 s

  it.each([
    ['own people, who are quick', { account: quick, fleet: nobody }, 'account', 60_000, 60_000],
    ['own people, who are slow', { account: slow, fleet: nobody }, 'account', 109_700 * 1.05, 109_700 * 1.2],
    [
      'own people before the fleet',
      { account: slow, fleet: quick },
      'account',
      109_700 * 1.05,
      109_700 * 1.2,
    ],
    [
      'the fleet where the own are few',
      { account: quick.slice(0, 29), fleet: slow },
      'fleet',
      109_700 * 1.05,
      109_700 * 1.2,
    ],
    [
      'the base where the fleet is as new',
      { account: [], fleet: slow.slice(0, 3) },
      'base',
      120_000,
      120_000,
    ],
  ] as const)('%s', (_, known, source, from, to) => {
    const decision = survival(known, 0, settings)
    expect(decision.source).toBe(source)
    expect(decision.windowMs).toBeGreaterThanOrEqual(from)
    expect(decision.windowMs).toBeLessThanOrEqual(to)
  })

  it('gives the longest window after a cut-off, and the ordinary one after that was of no use', () => {
    expect([0, 1, 2, 3].map((inARow) => survival(alone(quick), inARow, settings).windowMs)).toEqual([
      60_000, 180_000, 60_000, 60_000,
    ])
  })

  it('gives the longest window while nobody can say how long people take', () => {
    const list = [...quick, ...Array.from({ length: 50 }, () => cutOff(60_000))]
    expect(survival(alone(list), 0, settings)).toMatchObject({
      windowMs: 180_000,
      p95Ms: null,
      confidence: 0,
    })
  })

  it('believes four slow people of the last twenty, of the account or of the fleet', () => {
    // The quickest come last, so that none of the last twenty is a slow one by itself.
    const calm = quick.toSorted((a, b) => b.ms - a.ms)
    const becoming = (n: number) => [...calm, ...times(n, () => 100_000)]
    expect(survival(alone(becoming(3)), 0, settings).windowMs).toBeLessThan(150_000)
    expect(survival(alone(becoming(4)), 0, settings).windowMs).toBe(150_000)
    expect(survival({ account: quick, fleet: becoming(4) }, 0, settings).windowMs).toBe(150_000)
    expect(survival(alone([...becoming(4), ...calm.slice(-20)]), 0, settings).windowMs).toBeLessThan(150_000)
  })

  it('believes two late scans, and not people who never scan', () => {
    const late = [...quick, scan(75_000, 1), scan(80_000, 1)]
    expect(survival(alone(late), 0, settings).windowMs).toBe(120_000)
    const absent = [...quick, ...Array.from({ length: 60 }, () => cutOff(180_000, 3))]
    expect(survival(alone(absent), 0, settings).windowMs).toBe(60_000)
  })
})

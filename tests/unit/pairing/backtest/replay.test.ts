// A replay counts what a person would count by hand, and its policies learn from nothing that they would not have seen.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { contender } from '../../../../agent/pairing/backtest/contenders.ts'
import { parseLine } from '../../../../agent/pairing/backtest/line.ts'
import { Trace } from '../../../../agent/pairing/backtest/trace.ts'
import { TrailingP95 } from '../../../../agent/pairing/backtest/true-p95.ts'
import { names, run, settings } from './runs.ts'
import { kinds, lognormal, makeTrace } from './traces.ts'

function trace(...scanMs: (number | null)[]): Trace {
  const made = new Trace()
  for (const [i, ms] of scanMs.entries()) made.add({ account: 'a1', at: i * 600_000, scanMs: ms })
  return made
}

describe('a replay by hand', () => {
  // One who scans at once, one at the very end, one a moment late, one who takes two minutes, one who never does.
  const people = trace(0, 60_000, 60_001, 120_000, null)

  it.each([
    ['fixed60', { connections: 2, regenerations: 9, per100: 450, meanWindowMs: 60_000, wastedMs: 240_000 }],
    ['fixed120', { connections: 4, regenerations: 3, per100: 75, meanWindowMs: 120_000, wastedMs: 480_000 }],
    ['fixed180', { connections: 4, regenerations: 3, per100: 75, meanWindowMs: 180_000, wastedMs: 720_000 }],
    ['fixed61', { connections: 3, regenerations: 6, per100: 200, meanWindowMs: 61_000, wastedMs: 244_000 }],
    // 60.001 s and 120 s are within the base; the one who never scans gets the base, 180 s, and twice the base again.
    ['survival', { connections: 4, regenerations: 3, wastedMs: 120_000 + 180_000 + 2 * 120_000 }],
  ])('%s', (name, figures) => {
    expect(run(people, name)).toMatchObject({ policy: name, attempts: 5, p95Error: null, ...figures })
  })

  it('without connections there is nothing to divide by', () => {
    expect(run(trace(null), 'fixed60')).toMatchObject({ connections: 0, regenerations: 3, per100: null })
    expect(run(trace(), 'survival')).toMatchObject({ attempts: 0, meanWindowMs: null, p95Error: null })
  })
})

it.each(names)(
  '%s: whoever is told, people are connected or have failed, and failed ones had every regeneration',
  (name) => {
    const scanMs = fc.option(fc.integer({ min: 0, max: 300_000 }), { nil: null })
    fc.assert(
      fc.property(fc.array(scanMs, { maxLength: 50 }), (list) => {
        const each: number[] = []
        const outcome = run(trace(...list), name, (regenerations) => each.push(regenerations))
        expect(each.length).toBe(list.length)
        expect(each.every((n) => n >= 0 && n <= settings.regenerations)).toBe(true)
        expect(outcome.regenerations).toBe(each.reduce((a, b) => a + b, 0))
        const never = list.filter((ms) => ms === null || ms > 180_000).length
        expect(outcome.connections).toBeLessThanOrEqual(list.length - never)
        expect(outcome.connections).toBeGreaterThanOrEqual(
          list.filter((ms) => ms !== null && ms <= 60_000).length,
        )
      }),
      { numRuns: 40 },
    )
  },
)

it('the future does not change what has happened', () => {
  const whole = [...makeTrace(kinds.shift, 5, 400).people()]
  const regenerationsOf = (people: number) => {
    const each: number[] = []
    const part = new Trace()
    for (const person of whole.slice(0, people)) part.add(person)
    run(part, 'survival', (regenerations) => each.push(regenerations))
    return each
  }
  expect(regenerationsOf(400).slice(0, 250)).toEqual(regenerationsOf(250))
})

it('a policy does not know how long people take who take longer than it watched', () => {
  // 61 s and 500 s look the same to who watches for 60 s.
  const late = (ms: number) =>
    trace(...Array.from({ length: 400 }, (_, i) => (i % 4 === 0 ? ms : 20_000 + i)))
  const { p95Error: _near, ...near } = run(late(61_000), 'fixed60')
  const { p95Error: _far, ...far } = run(late(500_000), 'fixed60')
  expect(near).toEqual(far)
})

it('the p95 is held against the account where it has 300 known times, and against the fleet where none has', () => {
  const draw = lognormal(30, 0.4)
  for (const accounts of [1, 3, 100])
    expect(
      run(
        makeTrace(() => () => draw, 2, 1_000, accounts),
        'survival',
      ).p95Error,
    ).toBeLessThan(0.05)
  expect(
    run(
      makeTrace(() => () => draw, 2, 299),
      'survival',
    ).p95Error,
  ).toBeNull()
  expect(
    run(
      makeTrace(() => () => draw, 2, 310),
      'survival',
    ).p95Error,
  ).not.toBeNull()
  // A policy that has seen no scan cannot say, and is wrong by the whole.
  expect(
    run(
      makeTrace(() => () => () => 70, 2, 400),
      'fixed60',
    ).p95Error,
  ).toBe(1)
})

it('the trailing p95 is that of the newest 500', () => {
  const trailing = new TrailingP95()
  expect(trailing.value).toBeNull()
  for (let i = 1; i <= 700; i += 1) trailing.add(((i * 389) % 701) * 10)
  const newest = Array.from({ length: 500 }, (_, i) => (((i + 201) * 389) % 701) * 10).sort((a, b) => a - b)
  const [below = 0, above = 0] = newest.slice(474, 476)
  expect(trailing.value).toBeCloseTo(below + 0.05 * (above - below), 6)
})

it('a trace hands people out by time, and those of one moment in the order of their lines', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 20 }), { maxLength: 3_000 }), (times) => {
      const made = new Trace()
      for (const [line, at] of times.entries())
        made.add({ account: `a${line % 7}`, at, scanMs: line % 3 ? line : null })
      const expected = times
        .map((at, line) => ({ account: `a${line % 7}`, at, scanMs: line % 3 ? line : null }))
        .sort((a, b) => a.at - b.at)
      expect([...made.people()]).toEqual(expected)
    }),
    { numRuns: 20 },
  )
})

it.each([
  [
    '{"account":"a1","at":1700000000000,"scan_ms":18400}',
    { account: 'a1', at: 1_700_000_000_000, scanMs: 18_400 },
  ],
  ['{"account":"a1","at":5,"scan_ms":null,"note":1}', { account: 'a1', at: 5, scanMs: null }],
  ['{"account":"a1","at":5,"scan_ms":0.6}', { account: 'a1', at: 5, scanMs: 1 }],
  ['nonsense', { found: 'nonsense', allowed: expect.stringMatching(/^JSON like \{"account"/) }],
  ['[1]', { found: '[1]', allowed: expect.stringMatching(/^an object like/) }],
  ['{"at":5,"scan_ms":1}', { found: 'account nothing', allowed: 'account is a text of 1 to 100 characters' }],
  [
    '{"account":"a1","scan_ms":1}',
    { found: 'at nothing', allowed: expect.stringContaining('4102444800000') },
  ],
  ['{"account":"a1","at":-1,"scan_ms":1}', { found: 'at -1', allowed: expect.anything() }],
  ['{"account":"a1","at":1e17,"scan_ms":1}', { found: 'at 100000000000000000', allowed: expect.anything() }],
  [
    '{"account":"a1","at":5}',
    { found: 'scan_ms nothing', allowed: expect.stringContaining('86400000, or null') },
  ],
  ['{"account":"a1","at":5,"scan_ms":-7}', { found: 'scan_ms -7', allowed: expect.anything() }],
  ['{"account":"a1","at":5,"scan_ms":86400001}', { found: 'scan_ms 86400001', allowed: expect.anything() }],
  ['{"account":"a1","at":5,"scan_ms":"5"}', { found: 'scan_ms "5"', allowed: expect.anything() }],
  [`"\u0007${'x'.repeat(200)}`, { found: `"?${'x'.repeat(55)}...`, allowed: expect.anything() }],
])('the line %s', (text, said) => {
  expect(parseLine(text)).toEqual(said)
})

it.each([
  ['fixed10', 10_000],
  ['fixed600', 600_000],
  ['fixed9', null],
  ['fixed601', null],
  ['fixed060', null],
  ['fixed', null],
  ['Survival', null],
])('%s opens for %s ms', (name, ms) => {
  expect(contender(name, settings)?.settings.baseMs ?? null).toBe(ms)
})

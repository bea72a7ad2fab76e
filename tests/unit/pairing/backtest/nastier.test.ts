// What the default policy does with people that no demand speaks of: nothing gets out of hand.

import { expect, it } from 'vitest'
import { ScanTimeAnalyzer } from '../../../../agent/pairing/learning/analyzer.ts'
import { run, settings } from './runs.ts'
import { type Crowd, kinds, lognormal, makeTrace, mixed, nastier, normal } from './traces.ts'

const manySpeeds: Crowd = () => (account) => lognormal(12 + 7 * account, 0.4)
const twoSpeeds: Crowd = () => () => mixed(0.5, lognormal(15, 0.45), normal(70, 20))

const cases: [name: string, crowd: Crowd, people: number, accounts: number][] = [
  ...Object.entries(nastier).map(
    ([name, crowd]) => [name, crowd, 500, 1] satisfies [string, Crowd, number, number],
  ),
  ['100 accounts with 10 people each', twoSpeeds, 1_000, 100],
  ['12 accounts of 12 speeds', manySpeeds, 1_200, 12],
  ['a shift of 4 accounts at once', kinds.shift, 500, 4],
  ['5 fast accounts', kinds.fast, 500, 5],
]

it.each(cases)(
  '%s: p95 within 15%, regenerations within 2 of 180 s for everybody',
  (_, crowd, people, accounts) => {
    for (const seed of [1, 2, 3]) {
      const trace = makeTrace(crowd, seed, people, accounts)
      const survival = run(trace, 'survival')
      const { per100 } = run(trace, 'fixed180')
      expect((survival.per100 ?? 0) - (per100 ?? 0), `seed ${seed}`).toBeLessThan(2)
      expect(survival.p95Error, `seed ${seed}`).toBeLessThan(0.15)
    }
  },
)

it('the window comes down again when people become fast', () => {
  for (const seed of [1, 2, 3]) {
    const analyzer = new ScanTimeAnalyzer('survival', settings)
    let slowMs = 0
    for (const { account, at, scanMs } of makeTrace(nastier['slow to fast'], seed, 1_300).people()) {
      if (analyzer.metrics(account).totalScans === 650) slowMs = analyzer.recommendedWindow(account).windowMs
      analyzer.recordScan(account, scanMs ?? 0, at)
    }
    expect(slowMs, `seed ${seed}`).toBeGreaterThan(130_000)
    expect(analyzer.recommendedWindow('a0').windowMs, `seed ${seed}`).toBeLessThan(90_000)
  }
})

it('an account at which nobody ever scans gets three regenerations per person and no figures', () => {
  const outcome = run(
    makeTrace(() => () => () => null, 1, 400),
    'survival',
  )
  expect(outcome).toMatchObject({ connections: 0, regenerations: 1_200, per100: null, p95Error: null })
})

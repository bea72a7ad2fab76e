// Whatever the accounts are like: nobody unfit is chosen, what can be chosen is, shares sum to 1, and nothing throws.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Candidate } from '../../../agent/routing/candidate.ts'
import { choose } from '../../../agent/routing/choose.ts'
import { explain } from '../../../agent/routing/explain.ts'
import { planOf } from '../../../agent/routing/plan.ts'
import { strategyNames } from '../../../agent/words.ts'
import { anyCandidates, anyRequest, anySettings, candidate, freshRequest, request, settings } from './pool.ts'

const NOW = 1_000_000
const draw = fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(1, Number.NaN, -1, 2))
const fit = ({ mode, usable, healthStatus, ejectedUntil }: Candidate) =>
  mode === 'up' && usable && healthStatus !== 'unhealthy' && !(ejectedUntil !== null && ejectedUntil > NOW)

it('a new conversation goes to somebody fit, exactly when there is somebody', () => {
  fc.assert(
    fc.property(anyCandidates, freshRequest, anySettings, draw, (candidates, asked, set, random) => {
      const { account, reason } = choose(asked, candidates, set, () => random, NOW)
      const able = candidates.filter(fit)
      if (able.length === 0) {
        expect(account).toBe(null)
        expect(reason).toBe(candidates.length === 0 ? 'empty' : 'nobody')
      } else expect(able.map((each) => each.account)).toContain(account)
    }),
  )
})

it('no request of any kind reaches an account in maintenance, out, or not in the pool', () => {
  fc.assert(
    fc.property(anyCandidates, anyRequest, anySettings, draw, (candidates, asked, set, random) => {
      const { account, reason } = choose(asked, candidates, set, () => random, NOW)
      const chosen = candidates.find((each) => each.account === account)
      if (account === null) expect(['nobody', 'empty', 'bound-away']).toContain(reason)
      else expect(['up', 'draining']).toContain(chosen?.mode)
      if (chosen?.mode === 'draining') expect(chosen.account).toBe(asked.pinned)
      if (reason !== 'pinned' && reason !== 'bound' && chosen) expect(fit(chosen)).toBe(true)
    }),
  )
})

it('nobody who must not have it gets it', () => {
  fc.assert(
    fc.property(anyCandidates, anyRequest, anySettings, draw, (candidates, asked, set, random) => {
      const except = ['a-0', 'a-2', 'a-4']
      const { account } = choose({ ...asked, except }, candidates, set, () => random, NOW)
      expect(except).not.toContain(account)
    }),
  )
})

it('shares are parts of 1 that sum to 1, or to 0 where it would be parked', () => {
  fc.assert(
    fc.property(anyCandidates, anyRequest, anySettings, (candidates, asked, set) => {
      const considered = explain(planOf(candidates, set, NOW), asked, NOW)
      expect(considered.map(({ account }) => account)).toEqual(candidates.map(({ account }) => account))
      const parked = choose(asked, candidates, set, () => 0.5, NOW).account === null
      const sum = considered.reduce((total, { share }) => total + share, 0)
      expect(sum).toBeCloseTo(parked ? 0 : 1, 9)
      for (const { share, why } of considered) {
        expect(share).toBeGreaterThanOrEqual(0)
        expect(share).toBeLessThanOrEqual(1 + 1e-9)
        expect(why).toMatch(/^.{3,120}$/)
        expect(why).not.toMatch(/NaN|undefined|null|Infinity s/)
      }
    }),
  )
})

it('who is chosen has a share', () => {
  fc.assert(
    fc.property(anyCandidates, anyRequest, anySettings, draw, (candidates, asked, set, random) => {
      const { account } = choose(asked, candidates, set, () => random, NOW)
      const considered = explain(planOf(candidates, set, NOW), asked, NOW)
      if (account !== null)
        expect(considered.find((each) => each.account === account)?.share).toBeGreaterThan(0)
    }),
  )
})

it('more load on an account never raises its share', () => {
  fc.assert(
    fc.property(
      anyCandidates.filter((all) => all.length > 0),
      anySettings,
      fc.nat(),
      fc.integer({ min: 1, max: 1_000 }),
      (candidates, set, which, more) => {
        const i = which % candidates.length
        const share = (all: readonly Candidate[]): number =>
          explain(planOf(all, set, NOW), request(), NOW)[i]?.share ?? 0
        const loaded = candidates.map((each, at) =>
          at === i ? { ...each, active: Math.max(0, each.active || 0) + more } : each,
        )
        expect(share(loaded)).toBeLessThanOrEqual(share(candidates) + 1e-9)
      },
    ),
  )
})

it.each(strategyNames)('%s: two who are equal in everything, and a pool of nobody', (strategy) => {
  const equal = [candidate('a'), candidate('b')]
  for (const random of [0, 0.5, 0.999, 1, Number.NaN])
    expect(['a', 'b']).toContain(
      choose(request(), equal, settings({ strategy }), () => random, Number.NaN).account,
    )
  expect(choose(request(), [], settings({ strategy }), () => 0.5, NOW)).toEqual({
    account: null,
    reason: 'empty',
    strategy,
    level: null,
  })
})

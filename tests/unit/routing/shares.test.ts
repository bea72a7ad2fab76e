// What is said is what happens: over many decisions each account gets the shares that it was said to have, however they change meanwhile.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Bus } from '../../../agent/events.ts'
import type { Candidate, Request } from '../../../agent/routing/candidate.ts'
import { pick } from '../../../agent/routing/choose.ts'
import { sharesOf } from '../../../agent/routing/explain.ts'
import { planOf } from '../../../agent/routing/plan.ts'
import { Router } from '../../../agent/routing/router.ts'
import { type StrategyName, strategyNames } from '../../../agent/words.ts'
import { draws } from '../../harness/draws.ts'
import { candidate, request, settings } from './pool.ts'

function stage(strategy: StrategyName, pool: Candidate[]) {
  const state = { pool, clock: 0, now: 0 }
  const router = new Router({
    bus: new Bus('n'),
    pools: () => ['sales'],
    candidates: () => state.pool,
    strategy: () => strategy,
    slowStartMs: 300_000,
    region: 'uae',
    random: draws(7),
    now: () => state.now,
    monotonic: () => state.clock,
  })
  const got = new Map<string, number>()
  const said = new Map<string, number>()
  /** Every decision after a look of its own: nothing waits, and what was sent is acknowledged. */
  const idle = (count: number, asked: Partial<Request> = {}): void => {
    for (let i = 0; i < count; i++) {
      state.clock += 2_000
      state.now += 1_000
      const { considered } = router.explain('sales', request(asked))
      for (const { account, share } of considered) said.set(account, (said.get(account) ?? 0) + share)
      busy(1, asked)
    }
  }
  const busy = (count: number, asked: Partial<Request> = {}): void => {
    for (let i = 0; i < count; i++) {
      const account = router.choose('sales', request(asked)).account ?? ''
      got.set(account, (got.get(account) ?? 0) + 1)
    }
  }
  const agree = (within: number): void => {
    for (const [account, promised] of said)
      expect(Math.abs((got.get(account) ?? 0) - promised), account).toBeLessThanOrEqual(within)
  }
  return { router, state, idle, busy, agree, got, said }
}

const spreading = strategyNames.filter((name) => name !== 'priority')

describe.each(spreading)('%s', (strategy) => {
  it('in a pool that is idle between two messages gives twice the weight twice the messages', () => {
    const { idle, got, agree } = stage(strategy, [candidate('a', { weight: 2 }), candidate('b')])
    idle(3_000)
    expect(got).toEqual(
      new Map([
        ['a', 2_000],
        ['b', 1_000],
      ]),
    )
    agree(1)
  })

  it('lets an account that has come back start slowly there too', () => {
    const { idle, agree, got } = stage(strategy, [candidate('a', { returnedAt: 0 }), candidate('b')])
    idle(300)
    agree(2)
    // A tenth rising to all: the mean of part / (1 + part) over the time is 0.336.
    expect(got.get('a')).toBeGreaterThan(90)
    expect(got.get('a')).toBeLessThan(110)
  })

  it('spreads what an account must not have over all others', () => {
    const pool = ['x', 'a', 'b', 'c'].map((id) => candidate(id))
    const { busy, got } = stage(strategy, pool)
    busy(300, { except: ['x'] })
    expect(got).toEqual(new Map(['a', 'b', 'c'].map((id) => [id, 100])))
    // What was given out that way is known when everybody may have it again.
    busy(20)
    expect(got.get('x')).toBeGreaterThanOrEqual(5)
  })

  it('begins anew where weights fall', () => {
    const ids = Array.from({ length: 10 }, (_, i) => `a-${i}`)
    const { state, router, busy, got } = stage(
      strategy,
      ids.map((id) => candidate(id, { weight: 100 })),
    )
    busy(5)
    state.pool = ids.map((id) => candidate(id, { weight: 0.1 }))
    router.stale()
    busy(45)
    expect([...got.values()]).toEqual(ids.map(() => 5))
  })

  it('gives each level as much as it is said to get', () => {
    const { idle, agree, got } = stage(strategy, [
      candidate('p-1'),
      candidate('p-2', { usable: false }),
      candidate('b-1', { role: 'backup' }),
    ])
    idle(1_000)
    agree(2)
    expect(got.get('b-1')).toBe(300)
  })
})

it('priority goes by the weight as it is set: who has just come back is the first one all the same', () => {
  const { idle, agree, got, router } = stage('priority', [
    candidate('a', { weight: 2, returnedAt: 0 }),
    candidate('b'),
  ])
  idle(50)
  agree(0)
  expect(got).toEqual(new Map([['a', 50]]))
  expect(router.explain('sales').considered).toMatchObject([
    { account: 'a', why: 'level 0, weight 2, 0 active' },
    { account: 'b', why: 'another one comes first' },
  ])
})

it('whatever an account is still owed, one that gets nothing now gets nothing', () => {
  const pool = [candidate('a'), candidate('b', { weight: 5 })]
  const before = planOf(pool, settings({ strategy: 'round-robin' }), 0)
  for (let i = 0; i < 3; i++) pick(before, request())
  const swapped = [candidate('a', { weight: 9 }), candidate('b', { weight: 5 })]
  const after = planOf(swapped, settings({ strategy: 'priority' }), 0, before.members)
  for (let i = 0; i < 10; i++) expect(pick(after, request()).account).toBe('a')
})

it('nodes that begin at the same time do not all begin with the same account', () => {
  const pool = ['a', 'b', 'c'].map((id) => candidate(id))
  const firsts = [1, 2, 3, 4, 5, 6, 7, 8].map(
    (seed) => pick(planOf(pool, settings(), 0, new Map(), draws(seed)), request()).account,
  )
  expect(new Set(firsts).size).toBeGreaterThan(1)
})

/** One message: which accounts are there, how loaded and heavy they are, and who asks. */
const step = fc.record({
  strategy: fc.constantFrom(...spreading),
  region: fc.option(fc.constantFrom('uae', 'ksa')),
  accounts: fc.array(
    fc.record({
      usable: fc.boolean(),
      weight: fc.constantFrom(0.1, 1, 2, 10, 100),
      active: fc.nat({ max: 50 }),
      role: fc.constantFrom('primary' as const, 'backup' as const),
    }),
    { minLength: 6, maxLength: 6 },
  ),
})

it('over any history of loads, weights and outages nobody is far from what it was promised', () => {
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 3, maxLength: 8 }),
      fc.integer({ min: 1, max: 40 }),
      (steps, times) => {
        const owed = new Map<string, number>()
        let plan = planOf([], settings(), 0)
        for (const { strategy, region, accounts } of steps) {
          const pool = accounts.map((each, i) =>
            candidate(`a-${i}`, { ...each, region: i % 2 === 0 ? 'uae' : 'ksa' }),
          )
          for (let i = 0; i < times; i++) {
            plan = planOf(pool, settings({ strategy }), 0, plan.members)
            const shares = sharesOf(plan, region)
            const { account } = pick(plan, request({ region }))
            for (const [id, share] of shares) owed.set(id, (owed.get(id) ?? 0) + share)
            if (account !== null) owed.set(account, (owed.get(account) ?? 0) - 1)
          }
        }
        // Each change of who is there may cost everybody a little; within one history of a plan it is one or two.
        for (const [account, left] of owed) expect(Math.abs(left), account).toBeLessThan(2 + steps.length)
      },
    ),
  )
})

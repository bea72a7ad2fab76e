// The router decides from what it last saw, looks again when something matters, and spreads what comes between two looks.

import { describe, expect, it } from 'vitest'
import type { Candidate } from '../../../agent/routing/candidate.ts'
import { Router } from '../../../agent/routing/router.ts'
import type { StrategyName } from '../../../agent/words.ts'
import { draws } from '../../harness/draws.ts'
import { until } from '../../harness/until.ts'
import { hear } from '../events/heard.ts'
import { candidate, request } from './pool.ts'

function stage(strategy: StrategyName, all: Candidate[]) {
  const heard = hear()
  const state = { pool: all, clock: 0, looks: 0, pools: ['sales'] }
  const router = new Router({
    bus: heard.bus,
    pools: () => state.pools,
    candidates: (pool) => {
      state.looks += 1
      return pool === 'sales' ? state.pool : []
    },
    strategy: () => strategy,
    slowStartMs: 300_000,
    region: 'uae',
    random: draws(11),
    now: () => 0,
    monotonic: () => state.clock,
  })
  const many = (count: number): Map<string, number> => {
    const counts = new Map<string, number>()
    for (let i = 0; i < count; i++) {
      const { account } = router.choose('sales')
      counts.set(account ?? '', (counts.get(account ?? '') ?? 0) + 1)
    }
    return counts
  }
  return { ...heard, router, state, many }
}

describe('between two looks', () => {
  it.each(['least-loaded', 'round-robin', 'geo'] as const)(
    '%s gives each account as much as its weight says',
    (strategy) => {
      const weights = [1, 2, 5, 0.5]
      const { many } = stage(
        strategy,
        weights.map((weight, i) => candidate(`a-${i}`, { weight })),
      )
      const counts = many(8_500)
      for (const [i, weight] of weights.entries())
        expect((counts.get(`a-${i}`) ?? 0) / 1_000).toBeCloseTo(weight, 1)
    },
  )

  it('evens out what one had more to begin with', () => {
    const { many } = stage('least-loaded', [candidate('a', { active: 30 }), candidate('b')])
    expect(many(10).get('b')).toBeGreaterThanOrEqual(8)
    const counts = many(90)
    const apart = (counts.get('b') ?? 0) + 10 - (counts.get('a') ?? 0) - 30
    expect(Math.abs(apart)).toBeLessThan(10)
  })

  it('does not ask for the accounts again, until a second has passed or somebody says so', () => {
    const { router, state } = stage('least-loaded', [candidate('a')])
    for (let i = 0; i < 10; i++) router.choose('sales')
    expect(state.looks).toBe(1)
    state.pool = [candidate('b')]
    state.clock = 900
    expect(router.choose('sales').account).toBe('a')
    router.stale('sales')
    expect(router.choose('sales').account).toBe('b')
    state.pool = [candidate('c')]
    router.stale()
    expect(router.choose('sales').account).toBe('c')
    state.pool = [candidate('d')]
    state.clock = 2_000
    expect(router.choose('sales').account).toBe('d')
    expect(state.looks).toBe(4)
  })
})

describe('a decision', () => {
  it('is told with its pool, strategy and reason, and the account where there is one', () => {
    const { router, of } = stage('round-robin', [candidate('a'), candidate('b')])
    const first = router.choose('sales')
    router.choose('sales', request({ pinned: 'b' }))
    router.choose('nothing')
    expect(of('route.decided')).toMatchObject([
      { pool: 'sales', account: first.account, strategy: 'round-robin', reason: 'strategy' },
      { pool: 'sales', account: 'b', strategy: 'round-robin', reason: 'pinned' },
      { pool: 'nothing', reason: 'empty' },
    ])
    expect(of('route.decided')[2]).not.toHaveProperty('account')
  })

  it('passes over those that must not have it, also where they hold the conversation', () => {
    const { router } = stage('priority', [candidate('a'), candidate('b')])
    expect(router.choose('sales', request({ pinned: 'a', except: ['a'] }))).toMatchObject({
      account: 'b',
      reason: 'repinned',
    })
    expect(router.choose('sales', request({ except: ['a', 'b'] }))).toMatchObject({
      account: null,
      reason: 'nobody',
    })
  })

  it('is explained without being made', () => {
    const { router, of } = stage('geo', [candidate('a'), candidate('b', { region: 'ksa' })])
    expect(router.explain('sales')).toEqual({
      strategy: 'geo',
      considered: [
        { account: 'a', share: 1, why: 'level 0, weight 1, 0 active' },
        { account: 'b', share: 0, why: 'another region than uae' },
      ],
    })
    expect([...router.shares('sales')]).toEqual([['a', 1]])
    expect(of('route.decided')).toEqual([])
  })
})

it('looks by itself twice a second, and forgets a pool that is gone', async () => {
  const { router, state } = stage('least-loaded', [candidate('a')])
  const stop = router.start()
  expect(state.looks).toBe(1)
  await until('it has looked again', () => state.looks >= 2, 3_000)
  stop()
  state.pools = []
  expect(router.pools()).toEqual([])
})

it('explains what keeps an account from each request', () => {
  const { router } = stage('priority', [
    candidate('a'),
    candidate('b'),
    candidate('c', { role: 'backup' }),
    candidate('d', { mode: 'draining' }),
    candidate('e', { ejectedUntil: 30_000 }),
    candidate('f', { usable: false }),
  ])
  const why = (asked = {}) => router.explain('sales', request(asked)).considered.map((each) => each.why)
  expect(why()).toEqual([
    'level 0, weight 1, 0 active',
    'another one comes first',
    'a better level takes everything',
    'draining: it takes no new conversations',
    'ejected for 30 s more: too many sends failed in a row',
    'it cannot send now',
  ])
  expect(why({ pinned: 'b' }).slice(0, 2)).toEqual(['the conversation has b', 'the conversation has it'])
  expect(why({ bound: 'd' }).slice(2, 4)).toEqual([
    'the caller named d',
    'the caller named it, and it is draining',
  ])
})

// Who keeps a conversation, who may be named, and in which order level, region and strategy speak.

import { describe, expect, it } from 'vitest'
import type { Candidate, Request } from '../../../agent/routing/candidate.ts'
import { choose, pick } from '../../../agent/routing/choose.ts'
import { planOf } from '../../../agent/routing/plan.ts'
import type { StrategyName } from '../../../agent/words.ts'
import { candidate, request, settings } from './pool.ts'

const NOW = 1_000_000
const decide = (pool: Candidate[], asked: Partial<Request> = {}, strategy: StrategyName = 'least-loaded') =>
  choose(request(asked), pool, settings({ strategy, region: 'uae' }), () => 0, NOW)

describe('a conversation with an account', () => {
  const away = { usable: false, unusableBecause: 'its session is connecting' }
  it.each([
    ['that is well', {}, 'a', 'pinned'],
    ['that reconnects', away, 'a', 'pinned'],
    ['that drains', { mode: 'draining' as const }, 'a', 'pinned'],
    ['that is unhealthy', { healthStatus: 'unhealthy' as const }, 'a', 'pinned'],
    ['that is ejected', { ejectedUntil: NOW + 1 }, 'a', 'pinned'],
    ['in maintenance', { mode: 'maintenance' as const }, 'b', 'repinned'],
    ['that a failover took out', { mode: 'out' as const }, 'b', 'repinned'],
  ])('%s', (_, but, account, reason) => {
    expect(decide([candidate('a', but), candidate('b')], { pinned: 'a' })).toMatchObject({ account, reason })
  })

  it('that is in the pool no longer gets another one', () => {
    expect(decide([candidate('b')], { pinned: 'a' })).toMatchObject({ account: 'b', reason: 'repinned' })
  })

  it('that is out, and nobody else may: it waits', () => {
    const pool = [candidate('a', { mode: 'out' }), candidate('b', away)]
    expect(decide(pool, { pinned: 'a' })).toMatchObject({ account: null, reason: 'nobody' })
  })
})

describe('a caller who names an account', () => {
  it.each([
    ['gets it', {}, null, 'a', 'bound'],
    ['gets it while it reconnects', { usable: false }, null, 'a', 'bound'],
    ['opens no conversation on one that drains', { mode: 'draining' as const }, null, null, 'bound-away'],
    ['goes on with one that drains', { mode: 'draining' as const }, 'a', 'a', 'bound'],
    ['waits for one in maintenance', { mode: 'maintenance' as const }, 'a', null, 'bound-away'],
  ])('%s', (_, but, pinned, account, reason) => {
    const pool = [candidate('a', but), candidate('b')]
    expect(decide(pool, { bound: 'a', pinned })).toMatchObject({ account, reason })
  })

  it('that the pool does not have waits', () => {
    expect(decide([candidate('b')], { bound: 'x' })).toMatchObject({ account: null, reason: 'bound-away' })
  })
})

describe('a new conversation', () => {
  it.each<[string, Partial<Candidate>]>([
    ['draining', { mode: 'draining' }],
    ['in maintenance', { mode: 'maintenance' }],
    ['out', { mode: 'out' }],
    ['not usable', { usable: false }],
    ['unhealthy', { healthStatus: 'unhealthy' }],
    ['ejected', { ejectedUntil: NOW + 1 }],
  ])('never goes to an account that is %s, not even when it is the only one', (_, but) => {
    expect(decide([candidate('a', but)])).toMatchObject({ account: null, reason: 'nobody' })
    expect(decide([candidate('a', but), candidate('b')])).toMatchObject({ account: 'b', reason: 'only' })
  })

  it('goes to the region it asks for, within the level', () => {
    const pool = [
      candidate('uae-1'),
      candidate('ksa-1', { region: 'ksa', active: 50 }),
      candidate('ksa-2', { region: 'ksa', role: 'backup' }),
    ]
    expect(decide(pool, { region: 'ksa' }).account).toBe('ksa-1')
    expect(decide(pool, { region: 'eg' }).account).toBe('uae-1')
  })

  it('that asks for no region is not held in one', () => {
    expect(decide([candidate('a', { active: 1 }), candidate('b', { region: 'ksa' })]).account).toBe('b')
  })
})

describe('geo', () => {
  const pool = [
    candidate('ksa-1', { region: 'ksa' }),
    candidate('uae-9', { role: 'backup' }),
    candidate('uae-8', { role: 'backup', active: 3 }),
  ]
  it('puts the region before the level, the least loaded first', () => {
    expect(decide(pool, { region: 'uae' }, 'geo').account).toBe('uae-9')
  })

  it('takes the region of the node where none is asked for', () => {
    expect(decide(pool, {}, 'geo').account).toBe('uae-9')
  })

  it('falls back to the levels where the region has nobody', () => {
    expect(decide(pool, { region: 'eg' }, 'geo').account).toBe('ksa-1')
    const down = pool.map((each) => (each.region === 'uae' ? { ...each, usable: false } : each))
    expect(decide(down, { region: 'uae' }, 'geo').account).toBe('ksa-1')
  })
})

describe('the strategies', () => {
  it('round-robin spreads turns evenly: 5, 1, 1 as a a b a c a a', () => {
    const pool = [candidate('a', { weight: 5 }), candidate('b'), candidate('c')]
    const plan = planOf(pool, settings({ strategy: 'round-robin' }), NOW)
    const order = Array.from({ length: 7 }, () => pick(plan, request()).account)
    expect(order.join(' ')).toBe('a a b a c a a')
  })

  it('least-loaded weighs what waits, and equals take turns', () => {
    const pool = [candidate('a', { weight: 2, active: 3 }), candidate('b', { active: 1 }), candidate('c')]
    expect(decide(pool).account).toBe('c')
    const equal = planOf([candidate('a'), candidate('b'), candidate('c')], settings(), NOW)
    const order = Array.from({ length: 6 }, () => pick(equal, request()).account)
    expect(order.join(' ')).toBe('a b c a b c')
  })

  it('priority gives everything to one: the heavier, then by name', () => {
    const pool = [candidate('c', { weight: 2 }), candidate('b', { weight: 2 }), candidate('a')]
    expect(decide(pool, {}, 'priority').account).toBe('b')
  })
})

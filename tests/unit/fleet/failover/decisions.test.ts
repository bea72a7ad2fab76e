// What is a fault and what is not, whose fault it is, who takes over, and how long an account is then left alone.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { blockedForMs } from '../../../../agent/fleet/failover/damping.ts'
import { type FaultFacts, faultOf } from '../../../../agent/fleet/failover/fault.ts'
import { ownTrouble } from '../../../../agent/fleet/failover/own-trouble.ts'
import { planFailover } from '../../../../agent/fleet/failover/plan.ts'
import type { Candidate } from '../../../../agent/routing/candidate.ts'
import { accountModes } from '../../../../agent/words.ts'
import { candidate } from '../../routing/pool.ts'

const well: FaultFacts = {
  state: 'open',
  lastReason: null,
  restricted: false,
  evidenceLostAt: null,
  withheld: { count: 0, ms: 0 },
  downSince: null,
  failedDials: 0,
}
const policy = { downAfterMs: 60_000, failedDials: 3 }
const now = 1_000_000

describe('a fault', () => {
  it.each<[string, Partial<FaultFacts>, string | null]>([
    ['an open session', {}, null],
    ['logged out', { state: 'logged-out', lastReason: 'logged-out' }, 'logged-out hard'],
    ['banned', { state: 'failed', lastReason: 'banned' }, 'banned hard'],
    ['banned for a time', { state: 'connecting', lastReason: 'temporarily-banned' }, 'banned hard'],
    ['restricted, its socket open', { restricted: true }, 'restricted hard'],
    ['restricted by state', { state: 'restricted' }, 'restricted hard'],
    ['replaced from outside', { state: 'replaced', lastReason: 'replaced' }, 'replaced hard'],
    ['open and silent', { evidenceLostAt: now }, 'zombie soft'],
    [
      'silent and dialling',
      { state: 'connecting', lastReason: 'stalled', evidenceLostAt: now - 100 },
      'zombie soft',
    ],
    ['three messages, nothing acknowledged for 3 s', { withheld: { count: 3, ms: 3_000 } }, 'zombie soft'],
    ['two messages, nothing acknowledged', { withheld: { count: 2, ms: 9_000 } }, null],
    ['many messages, acknowledgements a little late', { withheld: { count: 50, ms: 2_900 } }, null],
    [
      'a client that is too old',
      { state: 'failed', lastReason: 'client-outdated' },
      'reconnects-exhausted hard',
    ],
    ['a 515', { state: 'connecting', lastReason: 'restart-required', downSince: now - 500 }, null],
    ['a drop', { state: 'connecting', lastReason: 'connection-closed', downSince: now - 500 }, null],
    [
      'a slow handshake',
      { state: 'connecting', lastReason: 'connection-closed', downSince: now - 59_000, failedDials: 0 },
      null,
    ],
    ['down long, dialled twice', { state: 'connecting', downSince: now - 70_000, failedDials: 2 }, null],
    ['dialled often, not long', { state: 'connecting', downSince: now - 30_000, failedDials: 9 }, null],
    [
      'down long and dialled in vain',
      { state: 'connecting', downSince: now - 60_000, failedDials: 3 },
      'reconnects-exhausted soft',
    ],
    ['never linked', { state: 'pairing' }, null],
    ['waiting for somebody to scan', { state: 'waiting', downSince: now - 90_000, failedDials: 5 }, null],
    ['silent, and then stopped by the agent', { state: 'stopped', evidenceLostAt: now }, null],
    ['stopped by the agent', { state: 'stopped', downSince: now - 90_000, failedDials: 5 }, null],
  ])('%s: %s', (_, facts, expected) => {
    const fault = faultOf({ ...well, ...facts }, policy, now)
    expect(fault && `${fault.cause} ${fault.hard ? 'hard' : 'soft'}`).toBe(expected)
  })
})

describe('trouble of our own', () => {
  const calm = { accounts: 5, softFaultsAt: [], stalledMs: 0, stalledAt: 0 }
  it.each<[string, Parameters<typeof ownTrouble>[0], RegExp | null]>([
    ['nothing', calm, null],
    ['one of five silent', { ...calm, softFaultsAt: [now] }, null],
    ['two of five', { ...calm, softFaultsAt: [now, now] }, null],
    ['three of five at once', { ...calm, softFaultsAt: [now, now - 5_000, now - 9_000] }, /3 of 5 accounts/],
    ['three of five, long apart', { ...calm, softFaultsAt: [now, now - 15_000, now - 30_000] }, null],
    ['the only one', { ...calm, accounts: 1, softFaultsAt: [now] }, null],
    ['both of two', { ...calm, accounts: 2, softFaultsAt: [now, now] }, /2 of 2/],
    ['held just now', { ...calm, stalledMs: 1_500, stalledAt: now - 1_000 }, /did not turn for 1500 ms/],
    ['held a while ago', { ...calm, stalledMs: 1_500, stalledAt: now - 4_000 }, null],
  ])('%s', (_, facts, words) => {
    const said = ownTrouble(facts, now)
    if (words === null) expect(said).toBeNull()
    else expect(said).toMatch(words)
  })
})

describe('a plan', () => {
  const from = candidate('a')
  const chosen = (pool: Candidate[], to: string | null = null, tried: [string, string][] = []) =>
    planFailover({ from, pool: [from, ...pool], to, tried: new Map(tried) })

  it.each<[string, Candidate[], string | null]>([
    ['nobody else', [], null],
    ['a backup before a primary', [candidate('b'), candidate('c', { role: 'backup' })], 'c'],
    [
      'the first of the backups',
      [candidate('b', { role: 'backup', priority: 2 }), candidate('c', { role: 'backup', priority: 1 })],
      'c',
    ],
    ['the same region', [candidate('b', { region: 'ksa' }), candidate('c')], 'c'],
    ['the healthier', [candidate('b', { healthStatus: 'warning' }), candidate('c')], 'c'],
    [
      'the less loaded by weight',
      [candidate('b', { active: 10, weight: 10 }), candidate('c', { active: 5, weight: 1 })],
      'b',
    ],
    [
      'not who cannot send',
      [candidate('b', { usable: false, unusableBecause: 'x' }), candidate('c', { active: 99 })],
      'c',
    ],
    ['not who is unhealthy', [candidate('b', { healthStatus: 'unhealthy' })], null],
    [
      'not who is drained or in maintenance',
      [candidate('b', { mode: 'draining' }), candidate('c', { mode: 'maintenance' })],
      null,
    ],
    [
      'at last who was taken out and is well',
      [candidate('b', { mode: 'out' }), candidate('c', { mode: 'out', usable: false })],
      'b',
    ],
    [
      'who may still send today, whatever else is said of the other',
      [
        candidate('b', { role: 'backup', priority: 1, spentUntil: now }),
        candidate('c', { region: 'ksa', priority: 9, healthStatus: 'warning', active: 99 }),
      ],
      'c',
    ],
    ['who has used its day, where nobody else may send', [candidate('b', { spentUntil: now })], 'b'],
    [
      'who has used its day before who was taken out',
      [candidate('b', { mode: 'out', role: 'backup' }), candidate('c', { spentUntil: now })],
      'c',
    ],
  ])('%s', (_, pool, expected) => {
    expect(chosen(pool).chosen).toBe(expected)
  })

  it('says of who has used its day, and of who was taken out, that it is so', () => {
    const { ranking } = chosen([
      candidate('b', { mode: 'out', spentUntil: now }),
      candidate('c', { mode: 'out' }),
      candidate('d', { spentUntil: now }),
      candidate('e'),
    ])
    const fit = 'primary, priority 1, the same region, healthy, 0 messages'
    const spent = 'its limit of the day is used up'
    const out = 'out after a failover and well again'
    expect(ranking).toEqual([
      { account: 'e', rank: 1, why: fit },
      { account: 'd', rank: 2, why: `${fit}, ${spent}` },
      { account: 'c', rank: 3, why: `${fit}, ${out}` },
      { account: 'b', rank: 4, why: `${fit}, ${spent}, ${out}` },
    ])
  })

  it('who was asked for and nobody else; who was tried is not tried again', () => {
    expect(chosen([candidate('b'), candidate('c')], 'c').chosen).toBe('c')
    expect(chosen([candidate('b')], 'c')).toEqual({
      chosen: null,
      mode: null,
      ranking: [{ account: 'b', rank: null, why: 'c was asked for' }],
    })
    const { chosen: next, ranking } = chosen([candidate('b'), candidate('c')], null, [
      ['b', 'no sign of life'],
    ])
    expect(next).toBe('c')
    expect(ranking).toContainEqual({ account: 'b', rank: null, why: 'tried: no sign of life' })
  })

  it('says of everybody but the failed one why, and never chooses the failed one, the unfit or the unknown', () => {
    const arbitrary = fc.record({
      role: fc.constantFrom('primary' as const, 'backup' as const),
      priority: fc.integer({ min: 1, max: 100 }),
      weight: fc.oneof(fc.double({ min: 0.1, max: 100, noNaN: true }), fc.constant(0)),
      mode: fc.constantFrom(...accountModes),
      usable: fc.boolean(),
      healthStatus: fc.constantFrom(
        'healthy' as const,
        'warning' as const,
        'unhealthy' as const,
        'unknown' as const,
      ),
      active: fc.nat(),
      spentUntil: fc.option(fc.nat()),
    })
    fc.assert(
      fc.property(fc.array(arbitrary, { maxLength: 8 }), (pool) => {
        const others = pool.map((each, i) => candidate(`n${i}`, each))
        const plan = chosen(others)
        expect(plan.ranking.map(({ account }) => account).sort()).toEqual(
          others.map(({ account }) => account).sort(),
        )
        const able = others.find(({ account }) => account === plan.chosen)
        if (plan.chosen !== null)
          expect(able).toMatchObject({ usable: true, mode: expect.stringMatching(/^(up|out)$/) })
        if (able) expect(able.healthStatus).not.toBe('unhealthy')
        expect(chosen([...others].reverse()).chosen).toBe(plan.chosen)
      }),
    )
  })
})

it('an account is left alone for five minutes, then twice as long, an hour at most', () => {
  const damping = { baseMs: 300_000, capMs: 3_600_000 }
  expect([1, 2, 3, 4, 5, 99].map((n) => blockedForMs(n, damping) / 60_000)).toEqual([5, 10, 20, 40, 60, 60])
})

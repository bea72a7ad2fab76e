// Who is tested next: only an idle account that can be, by one of its own pool that can, and never many at a time.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Candidate, nextProbe, waitFor } from '../../../../agent/health/canary/plan.ts'

const MINUTE = 60_000
const rules = { intervalMs: 15 * MINUTE, spacingMs: MINUTE }

const idle = (account: string, change: Partial<Candidate> = {}): Candidate => ({
  account,
  pool: 'sales',
  able: true,
  quietMs: 20 * MINUTE,
  overdueMs: 0,
  sentAgoMs: null,
  engaged: false,
  missedFrom: null,
  ...change,
})
const busy = (account: string, change: Partial<Candidate> = {}) =>
  idle(account, { quietMs: 0, overdueMs: -MINUTE, ...change })

describe('the next test', () => {
  it.each<[string, Candidate[], number | null, string | null]>([
    ['an idle account is tested by another one', [idle('a'), busy('b')], null, 'b>a'],
    ['one that is alone is not', [idle('a')], null, null],
    ['one whose pool has nobody else is not', [idle('a'), busy('b', { pool: 'support' })], null, null],
    ['one that was just in use is not', [idle('a', { quietMs: 15 * MINUTE - 1 }), busy('b')], null, null],
    ['and from the interval on it is', [idle('a', { quietMs: 15 * MINUTE }), busy('b')], null, 'b>a'],
    ['one that is not due is not', [idle('a', { overdueMs: -1 }), busy('b')], null, null],
    ['one that is not open or is restricted is not', [idle('a', { able: false }), busy('b')], null, null],
    ['nor does one such test', [idle('a'), busy('b', { able: false })], null, null],
    ['one that takes part in a test is not', [idle('a', { engaged: true }), busy('b')], null, null],
    ['nor does one such begin another', [idle('a'), busy('b', { engaged: true })], null, null],
    ['a process waits between two', [idle('a'), busy('b')], MINUTE - 1, null],
    ['for a minute', [idle('a'), busy('b')], MINUTE, 'b>a'],
    ['and so does a sender', [idle('a'), busy('b', { sentAgoMs: MINUTE - 1 })], null, null],
    ['who may again after a minute', [idle('a'), busy('b', { sentAgoMs: MINUTE })], null, 'b>a'],
    [
      'the longest overdue goes first',
      [idle('a', { overdueMs: 1 }), idle('c', { overdueMs: 2 })],
      null,
      'a>c',
    ],
    [
      'before it who missed one',
      [idle('a', { overdueMs: 1, missedFrom: 'c' }), idle('b', { overdueMs: 9 })],
      null,
      'b>a',
    ],
    [
      'and where nobody can test it the next one',
      [idle('x', { overdueMs: 9, pool: 'alone' }), idle('a'), busy('b')],
      null,
      'b>a',
    ],
    [
      'what one was not heard by is tried by another',
      [idle('a', { missedFrom: 'b' }), busy('b'), busy('c')],
      null,
      'c>a',
    ],
    ['unless there is no other', [idle('a', { missedFrom: 'b' }), busy('b')], null, 'b>a'],
  ])('%s', (_, candidates, sinceLastMs, said) => {
    const probe = nextProbe(candidates, sinceLastMs, rules, 0)
    expect(probe && `${probe.from}>${probe.to}`).toBe(said)
  })

  it('is sent by each of those who can, as the draw has it', () => {
    const candidates = [idle('a'), busy('b'), busy('c'), busy('d')]
    const senders = [0, 0.34, 0.99, 1].map((random) => nextProbe(candidates, null, rules, random)?.from)
    expect(senders).toEqual(['b', 'c', 'd', 'd'])
  })

  const ms = fc.integer({ min: 0, max: 40 * MINUTE })
  const candidate = (account: string): fc.Arbitrary<Candidate> =>
    fc.record({
      account: fc.constant(account),
      pool: fc.constantFrom('sales', 'support'),
      able: fc.boolean(),
      quietMs: ms,
      overdueMs: ms.map((n) => n - 20 * MINUTE),
      sentAgoMs: fc.option(ms),
      engaged: fc.boolean(),
      missedFrom: fc.constantFrom(null, 'a0', 'a1'),
    })
  const fleet = fc
    .integer({ min: 0, max: 8 })
    .chain((count) => fc.tuple(...Array.from({ length: count }, (_, i) => candidate(`a${i}`))))
  const random = fc.double({ min: 0, max: 0.999, noNaN: true })

  it('keeps every rule, whatever the fleet is like, and is there when the rules allow one', () => {
    fc.assert(
      fc.property(fleet, fc.option(ms), random, (candidates, sinceLastMs, draw) => {
        const able = (each: Candidate) => each.able && !each.engaged
        const canSend = (each: Candidate) =>
          able(each) && (each.sentAgoMs === null || each.sentAgoMs >= MINUTE)
        const isDue = (each: Candidate) =>
          able(each) && each.quietMs >= rules.intervalMs && each.overdueMs >= 0
        const pairs = candidates.flatMap((to) =>
          candidates.filter((from) => from !== to && from.pool === to.pool && isDue(to) && canSend(from)),
        )
        const allowed = pairs.length > 0 && (sinceLastMs === null || sinceLastMs >= MINUTE)
        const probe = nextProbe(candidates, sinceLastMs, rules, draw)
        expect(probe !== null).toBe(allowed)
        if (!probe) return
        const of = (account: string) => candidates.find((each) => each.account === account) as Candidate
        const { from, to } = probe
        expect(from).not.toBe(to)
        expect(of(from).pool).toBe(of(to).pool)
        expect(isDue(of(to)) && canSend(of(from))).toBe(true)
      }),
    )
  })
})

it('an account waits for half to one and a half times the interval', () => {
  expect([0, 0.5, 1].map((draw) => waitFor(1_000, draw))).toEqual([500, 1_000, 1_500])
})

// When silence is a suspicion and when it is not: by table and by property.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { assess, type Evidence, isFresh, type LivenessPolicy } from '../../../agent/session/liveness.ts'

const policy: LivenessPolicy = {
  probeIntervalMs: 30_000,
  ackDeadlineMs: 5_000,
  lookEveryMs: 5_000,
  acksWithheldMs: 20_000,
  acksWithheldCount: 3,
}
const opened: Evidence = {
  lastFrameAt: 0,
  lastPongAt: 0,
  oldestUnackedAt: null,
  unanswered: 0,
  unansweredSince: null,
  probing: false,
}
const fresh = (lookInMs: number) => ({ verdict: 'fresh', lookInMs })
const suspect = (suspicion: string) => ({ verdict: 'suspect', suspicion })

describe('the verdict', () => {
  it.each<[string, number, Partial<Evidence>, object]>([
    ['just opened', 0, {}, fresh(5_000)],
    ['idle, a moment before the interval', 29_999, {}, fresh(10)],
    ['idle for the interval', 30_000, {}, suspect('idle')],
    ['idle, but a probe is under way', 90_000, { probing: true }, fresh(5_000)],
    ['frames keep coming', 90_000, { lastFrameAt: 89_000 }, fresh(5_000)],
    ['an ack is awaited', 1_000, { oldestUnackedAt: 1_000 }, fresh(5_000)],
    ['an ack is due in 2 s', 4_000, { oldestUnackedAt: 1_000 }, fresh(2_000)],
    ['an ack is overdue', 6_000, { oldestUnackedAt: 1_000 }, suspect('ack-overdue')],
    [
      'an ack is overdue and a pong has just come',
      6_000,
      { oldestUnackedAt: 1_000, lastPongAt: 5_500, lastFrameAt: 5_500 },
      fresh(4_500),
    ],
    [
      'an ack is overdue and frames flow: they are no pong',
      6_000,
      { oldestUnackedAt: 1_000, lastFrameAt: 5_999 },
      suspect('ack-overdue'),
    ],
    [
      'an ack is overdue while a probe is under way',
      6_000,
      { oldestUnackedAt: 1_000, probing: true },
      fresh(5_000),
    ],
  ])('%s', (_, now, evidence, expected) => {
    expect(assess(now, { ...opened, ...evidence }, policy)).toEqual(expected)
  })

  const withheld = {
    oldestUnackedAt: 500,
    unansweredSince: 1_000,
    unanswered: 3,
    lastFrameAt: 21_000,
    lastPongAt: 21_000,
  }
  it.each<[string, number, Partial<Evidence>, string]>([
    ['enough messages for long enough', 21_000, withheld, 'acks-withheld'],
    ['not long enough', 20_999, withheld, 'fresh'],
    ['too few', 21_000, { ...withheld, unanswered: 2 }, 'fresh'],
    ['none since an ack', 21_000, { ...withheld, unanswered: 0, unansweredSince: null }, 'fresh'],
    ['even while a probe is under way', 21_000, { ...withheld, probing: true }, 'acks-withheld'],
  ])('acks withheld: %s', (_, now, evidence, verdict) => {
    expect(assess(now, { ...opened, ...evidence }, policy).verdict).toBe(verdict)
  })
})

const policies: fc.Arbitrary<LivenessPolicy> = fc.record({
  probeIntervalMs: fc.integer({ min: 100, max: 600_000 }),
  ackDeadlineMs: fc.integer({ min: 10, max: 300_000 }),
  lookEveryMs: fc.integer({ min: 10, max: 60_000 }),
  acksWithheldMs: fc.integer({ min: 10, max: 600_000 }),
  acksWithheldCount: fc.integer({ min: 1, max: 10 }),
})
const ago = fc.integer({ min: 0, max: 1_000_000 })
const now = 1_000_000
const evidences: fc.Arbitrary<Evidence> = fc.record({
  lastFrameAt: ago,
  lastPongAt: ago,
  oldestUnackedAt: fc.option(ago),
  unanswered: fc.nat({ max: 20 }),
  unansweredSince: fc.option(ago),
  probing: fc.boolean(),
})

describe('whatever the evidence', () => {
  it('the next look is ahead and never further than lookEveryMs', () => {
    fc.assert(
      fc.property(evidences, policies, (evidence, p) => {
        const said = assess(now, evidence, p)
        if (said.verdict !== 'fresh') return
        expect(said.lookInMs).toBeGreaterThan(0)
        expect(said.lookInMs).toBeLessThanOrEqual(p.lookEveryMs)
      }),
    )
  })

  it('a session that just heard from the server and owes nothing is never suspected', () => {
    fc.assert(
      fc.property(evidences, policies, (evidence, p) => {
        const quiet = {
          ...evidence,
          lastFrameAt: now,
          oldestUnackedAt: null,
          unanswered: 0,
          unansweredSince: null,
        }
        expect(assess(now, quiet, p).verdict).toBe('fresh')
      }),
    )
  })

  it('an idle session is suspected at the interval and not a millisecond before', () => {
    fc.assert(
      fc.property(policies, (p) => {
        expect(assess(p.probeIntervalMs - 1, opened, p).verdict).toBe('fresh')
        expect(assess(p.probeIntervalMs, opened, p)).toEqual(suspect('idle'))
      }),
    )
  })

  it('at most one probe goes out per ack deadline, and none while one is under way', () => {
    fc.assert(
      fc.property(evidences, policies, (evidence, p) => {
        const said = assess(now, { ...evidence, lastFrameAt: now }, p)
        if (said.verdict !== 'suspect') return
        expect(evidence.probing).toBe(false)
        expect(now - evidence.lastPongAt).toBeGreaterThanOrEqual(p.ackDeadlineMs)
      }),
    )
  })

  it('acks count as withheld only by number and by time since the last of them', () => {
    fc.assert(
      fc.property(evidences, policies, (evidence, p) => {
        if (assess(now, evidence, p).verdict !== 'acks-withheld') return
        expect(evidence.unanswered).toBeGreaterThanOrEqual(p.acksWithheldCount)
        expect(now - (evidence.unansweredSince ?? now)).toBeGreaterThanOrEqual(p.acksWithheldMs)
      }),
    )
  })
})

it.each([
  [36_500, true],
  [36_501, false],
])('up for as long as a probe could still be answered: %d ms is %s', (silentMs, up) => {
  expect(isFresh(silentMs, 0, policy, 1_500)).toBe(up)
})

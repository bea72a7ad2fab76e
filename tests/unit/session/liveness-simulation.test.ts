// How soon a server that goes silent is suspected, on a simulated clock: bounded by traffic and the ack deadline, or by the probe interval.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { assess, type Evidence, type LivenessPolicy } from '../../../agent/session/liveness.ts'

interface Run {
  policy: LivenessPolicy
  /** Moments at which a message is written. */
  writes: readonly number[]
  /** From then on nothing arrives. Until then acks and pongs arrive at once. */
  silentFrom: number
}

/** Looks as the evidence watch does, and answers when it first doubts the server after the silence began. */
function suspectedAt({ policy, writes, silentFrom }: Run): number {
  const e: Evidence = {
    lastFrameAt: 0,
    lastPongAt: 0,
    oldestUnackedAt: null,
    unanswered: 0,
    unansweredSince: null,
    probing: false,
  }
  const pending = [...writes]
  let lookAt = 0
  for (;;) {
    const write = pending[0] ?? Number.POSITIVE_INFINITY
    const now = Math.min(write, lookAt)
    if (write <= lookAt) {
      pending.shift()
      if (now < silentFrom) e.lastFrameAt = now
      else {
        e.unanswered += 1
        e.oldestUnackedAt ??= now
        e.unansweredSince ??= now
        if (e.unanswered > 1) continue // only the first one brings the look forward
      }
    }
    const said = assess(now, e, policy)
    if (said.verdict === 'fresh') {
      lookAt = now + said.lookInMs
      continue
    }
    if (now >= silentFrom) return now
    e.lastFrameAt = e.lastPongAt = now
    lookAt = now
  }
}

const policies: fc.Arbitrary<LivenessPolicy> = fc.record({
  probeIntervalMs: fc.integer({ min: 100, max: 120_000 }),
  ackDeadlineMs: fc.integer({ min: 20, max: 30_000 }),
  lookEveryMs: fc.integer({ min: 10, max: 20_000 }),
  acksWithheldMs: fc.constant(60_000),
  acksWithheldCount: fc.constant(3),
})
/** A look is never planned sooner than this. */
const GRAIN_MS = 10

it('with traffic, within one gap and one ack deadline', () => {
  const gaps = fc.array(fc.integer({ min: 1, max: 999 }), { minLength: 100, maxLength: 300 })
  fc.assert(
    fc.property(policies, gaps, fc.nat({ max: 20_000 }), (policy, between, silentFrom) => {
      let at = 0
      const writes = between.map((gap) => (at += gap))
      const firstUnanswered = writes.find((write) => write >= silentFrom)
      fc.pre(firstUnanswered !== undefined)
      const late = suspectedAt({ policy, writes, silentFrom }) - silentFrom
      expect(late).toBeLessThanOrEqual((firstUnanswered ?? 0) - silentFrom + policy.ackDeadlineMs + GRAIN_MS)
    }),
  )
})

it('without traffic, within the probe interval', () => {
  fc.assert(
    fc.property(policies, fc.nat({ max: 300_000 }), (policy, silentFrom) => {
      const late = suspectedAt({ policy, writes: [], silentFrom }) - silentFrom
      expect(late).toBeLessThanOrEqual(policy.probeIntervalMs + GRAIN_MS)
    }),
  )
})

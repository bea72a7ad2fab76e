// Whether a session that calls itself open is alive, judged only by what the server sent. No clock, no I/O.

import type { Suspicion } from '../words.ts'

/** What is known about an open session; times from one monotonic clock, in milliseconds. */
export interface Evidence {
  /** When the last frame of any kind arrived. */
  lastFrameAt: number
  /** When the oldest message that still lacks its acknowledgement was written; null when there is none. */
  oldestUnackedAt: number | null
  /**
   * Messages written after the last acknowledgement, and when the first of them was; null when there is none. One that was written just
   * before the acknowledgement of another may be the first that gets none: it proves nothing, and must not hide those behind it.
   */
  unanswered: number
  unansweredSince: number | null
  /** The last probe that was answered, and whether one is under way. */
  lastPongAt: number
  probing: boolean
}

export interface LivenessPolicy {
  /** Silence after which an idle session is probed. */
  probeIntervalMs: number
  /** An acknowledgement later than this is a suspicion. */
  ackDeadlineMs: number
  /** Longest time between two looks. */
  lookEveryMs: number
  /** Acknowledgements overdue by this much while pongs arrive: the message path is dead. */
  acksWithheldMs: number
  /** How many messages must be overdue before `acks-withheld` is said. */
  acksWithheldCount: number
}

export type Assessment =
  | { verdict: 'fresh'; lookInMs: number }
  | { verdict: 'suspect'; suspicion: Suspicion }
  | { verdict: 'acks-withheld'; overdueMs: number }

/**
 * Judges the evidence at `now`. A suspicion asks for a probe; whether the probe's silence is the end is the caller's
 * business. One overdue acknowledgement leads to at most one probe per `ackDeadlineMs`.
 */
export function assess(now: number, e: Evidence, p: LivenessPolicy): Assessment {
  const waiting = e.unansweredSince === null ? 0 : now - e.unansweredSince
  if (e.unanswered >= p.acksWithheldCount && waiting >= p.acksWithheldMs)
    return { verdict: 'acks-withheld', overdueMs: waiting }
  const overdue = e.oldestUnackedAt === null ? 0 : now - e.oldestUnackedAt
  if (!e.probing) {
    if (overdue >= p.ackDeadlineMs && now - e.lastPongAt >= p.ackDeadlineMs)
      return { verdict: 'suspect', suspicion: 'ack-overdue' }
    if (now - e.lastFrameAt >= p.probeIntervalMs) return { verdict: 'suspect', suspicion: 'idle' }
  }
  return { verdict: 'fresh', lookInMs: nextLook(now, e, p) }
}

/** Milliseconds until the evidence can change its meaning by the passing of time alone; at least 10. */
function nextLook(now: number, e: Evidence, p: LivenessPolicy): number {
  let next = p.lookEveryMs
  if (!e.probing) {
    next = Math.min(next, e.lastFrameAt + p.probeIntervalMs - now)
    if (e.oldestUnackedAt !== null) {
      const ackLook = Math.max(e.oldestUnackedAt, e.lastPongAt) + p.ackDeadlineMs - now
      next = Math.min(next, ackLook)
    }
  }
  return Math.max(10, next)
}

/** Whether evidence is fresh enough for `whatsapp_session_up` to be 1. */
export function isFresh(
  now: number,
  lastFrameAt: number,
  p: LivenessPolicy,
  probeDeadlineMs: number,
): boolean {
  return now - lastFrameAt <= p.probeIntervalMs + probeDeadlineMs + p.lookEveryMs
}

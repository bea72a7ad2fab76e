// Whether an account has a fault that its work must not wait for: hard evidence at once, soft evidence when a second sign confirms it. No clock, no I/O.

import type { FailoverCause, Reason, SessionState } from '../../words.ts'

/** What is known of one account; times are milliseconds of one clock. */
export interface FaultFacts {
  state: SessionState
  /** Why the last connection ended; null when none has. */
  lastReason: Reason | null
  restricted: boolean
  /**
   * When signs of life were missed for good, on the connection that has ended or is open: an overdue acknowledgement or silence, and
   * then a probe that nobody answered. Null after it was open again.
   */
  evidenceLostAt: number | null
  /** Messages that nothing was acknowledged since, and for how long (milliseconds). */
  withheld: { count: number; ms: number }
  /** Since when it has not been up, although it is wanted; null while it is, and until a first dial has failed. */
  downSince: number | null
  /** Dials that failed since it was last open. */
  failedDials: number
}

export interface FaultPolicy {
  /** Down for so long, and dialled in vain, an account has exhausted its reconnects (milliseconds). */
  downAfterMs: number
  /** So many dials in vain, at least 1. */
  failedDials: number
}

/** So many messages without an acknowledgement, for so long (milliseconds). */
const WITHHELD_COUNT = 3
const WITHHELD_MS = 3_000

export interface Fault {
  cause: Exclude<FailoverCause, 'asked'>
  /** WhatsApp itself has said so. What is soft may be the network of this machine. */
  hard: boolean
}

/** Null for what is no fault, or none yet: a 515, a single drop, a slow handshake, a session that nobody has linked. */
export function faultOf(facts: FaultFacts, policy: FaultPolicy, now: number): Fault | null {
  const { state, lastReason, restricted, evidenceLostAt, withheld, downSince, failedDials } = facts
  // Whoever stopped it meant it, and what was last seen of it says nothing any more.
  if (state === 'stopped') return null
  if (state === 'logged-out') return { cause: 'logged-out', hard: true }
  if (state === 'failed' && lastReason === 'banned') return { cause: 'banned', hard: true }
  // A ban with an end date lasts for hours: nobody waits for it.
  if (lastReason === 'temporarily-banned' && state === 'connecting') return { cause: 'banned', hard: true }
  if (state === 'replaced') return { cause: 'replaced', hard: true }
  if (restricted || state === 'restricted') return { cause: 'restricted', hard: true }
  if (evidenceLostAt !== null) return { cause: 'zombie', hard: false }
  // Several messages, and not one acknowledgement: their delay is the first sign, their number the second. The session itself waits longer.
  if (withheld.count >= WITHHELD_COUNT && withheld.ms >= WITHHELD_MS) return { cause: 'zombie', hard: false }
  if (state === 'failed') return { cause: 'reconnects-exhausted', hard: true }
  const downFor = downSince === null ? 0 : now - downSince
  if (state === 'connecting' && failedDials >= policy.failedDials && downFor >= policy.downAfterMs)
    return { cause: 'reconnects-exhausted', hard: false }
  return null
}

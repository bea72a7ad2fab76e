// What becomes of a delivery after an attempt: delivered, tried again at a time, or dead with a reason.

import type { DeathReason } from '../words.ts'
import { type Settings, usual } from './settings.ts'

type Retries = Pick<Settings, 'firstPauseMs' | 'longestPauseMs' | 'attempts'>

/** How an attempt ended. `detail` is short and names neither the address nor anything that was sent or answered. */
export type Outcome =
  | { kind: 'answered'; status: number; retryAfterMs: number | null }
  | { kind: 'failed'; detail: string }

export type Verdict =
  | { state: 'delivered' }
  /** `uncounted` where the attempt was none: it is given back. */
  | { state: 'queued'; nextAt: number; error: string; uncounted?: true }
  | { state: 'dead'; why: DeathReason; error: string }

export interface Tried {
  /** Attempts so far, this one included. */
  attempts: number
  /** After this moment there is no further attempt; milliseconds since the epoch. */
  expiresAt: number
}

/**
 * The pause before the next attempt, in milliseconds: half of it is certain, half is drawn, so that what failed together does not come
 * back together.
 * @param random at least 0, below 1
 */
export function backoffMs(attempts: number, random: number, retries: Retries = usual): number {
  const full = Math.min(retries.longestPauseMs, retries.firstPauseMs * 2 ** Math.min(attempts - 1, 30))
  return Math.round(full / 2 + (full / 2) * random)
}

/** @param now milliseconds since the epoch */
export function judge(
  outcome: Outcome,
  { attempts, expiresAt }: Tried,
  now: number,
  random: number,
  retries: Retries = usual,
): Verdict {
  const status = outcome.kind === 'answered' ? outcome.status : null
  if (status !== null && status >= 200 && status < 300) return { state: 'delivered' }
  const error = outcome.kind === 'answered' ? `http ${outcome.status}` : outcome.detail
  if (status === 410) return { state: 'dead', why: 'gone', error }
  const nextAt = now + pauseMs(outcome, attempts, random, retries)
  if (attempts >= retries.attempts || nextAt > expiresAt) return { state: 'dead', why: 'gave-up', error }
  return { state: 'queued', nextAt, error }
}

/** A server that says when is asked no sooner. Never sooner than another either: its attempts count, and would be spent in minutes. */
function pauseMs(outcome: Outcome, attempts: number, random: number, retries: Retries): number {
  const own = backoffMs(attempts, random, retries)
  const busy = outcome.kind === 'answered' && (outcome.status === 429 || outcome.status === 503)
  if (!busy || outcome.retryAfterMs === null) return own
  return Math.max(own, Math.min(retries.longestPauseMs, outcome.retryAfterMs))
}

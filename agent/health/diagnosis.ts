// What a diagnosis says and what it may look at: the last hour of one account, as plain values.

import type { Reason, SendFailure, SessionState } from '../words.ts'
import type { Row } from './unanswered.ts'

export const severities = ['LOW', 'MEDIUM', 'HIGH', 'CRITICAL'] as const
export type Severity = (typeof severities)[number]

export const issues = [
  'SLOW_QR_SCAN',
  'FREQUENT_QR_REGENERATIONS',
  'NETWORK_ISSUES',
  'LOCK_CONTENTION',
  'STALE_SESSION',
  'ZOMBIE_SESSION',
  'DEAF_SESSION',
  'RESTRICTED_ACCOUNT',
  'PASSKEY_REQUIRED',
  'RECONNECT_LOOP',
  'UNDECRYPTABLE_MESSAGES',
  'UNACKNOWLEDGED_MESSAGES',
  'FALLING_DELIVERY',
  'SESSION_ENDED',
] as const
export type Issue = (typeof issues)[number]

export interface Recommendation {
  action: string
  value: number | string | null
  expectedImprovement: string
}

export interface Finding {
  issue: Issue
  severity: Severity
  /** Milliseconds since the epoch. */
  since: number
  analysis: { pattern: string; rootCause: string; impact: string }
  /** What the words rest on. */
  numbers: Record<string, number | string>
  recommendations: Recommendation[]
}

/** Something that happened at `at`, milliseconds since the epoch. */
export interface Closed {
  at: number
  reason: Reason
  /** It had been open; otherwise it failed to connect. */
  wasOpen: boolean
}

/** One account as it is now and was in the last hour; lists run from the oldest to the newest. */
export interface Facts {
  now: number
  state: SessionState
  stateSince: number
  lastReason: Reason | null
  lastReasonAt: number | null
  lastEvidenceAt: number | null
  zombieSince: number | null
  restriction: { since: number; untilMs: number | null } | null
  closes: readonly Closed[]
  regenerations: readonly number[]
  /** Scans whose time is known. */
  scans: readonly { at: number; ms: number }[]
  /** The open attempt, when somebody looks at it. */
  watchedMs: number | null
  windowMs: number | null
  fenced: readonly number[]
  /** Messages that could not be read and have not come again. */
  undecryptable: readonly number[]
  sends: readonly { at: number; failure: SendFailure | null }[]
  /** Sends in a row without an acknowledgement, once they are enough to say something. */
  unanswered: Row | null
  /** Test messages in a row that were acknowledged and never came, once they are enough. */
  deaf: Row | null
}

export type Diagnostic = (facts: Facts) => Finding | null

const MINUTE = 60_000

/** What of a list lies within the last so many milliseconds. */
export function within<T extends number | { at: number }>(list: readonly T[], now: number, ms: number): T[] {
  return list.filter((item) => now - (typeof item === 'number' ? item : item.at) <= ms)
}

/** Minutes for people. */
export function minutes(ms: number): string {
  return ms < MINUTE ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / MINUTE)} min`
}

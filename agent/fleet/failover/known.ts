// What the watch remembers of one account between two looks; times are those of the clock that never goes back.

import type { SessionSnapshot } from '../../session/snapshot.ts'
import type { FailoverCause } from '../../words.ts'
import type { FaultFacts } from './fault.ts'

export interface Known {
  evidenceLostAt: number | null
  /** How long it had been silent when that was noticed. */
  silentMs: number
  downSince: number | null
  upSince: number | null
  failedDials: number
  /** When a soft fault was first seen. */
  softAt: number | null
  returning: boolean
  /** What was last said of why nothing is done. */
  held: string | null
  /** The last failover that was called off. */
  calledOff: { cause: FailoverCause; at: number } | null
  /** None is begun before. */
  notBefore: number
  /** Until when it is to stay out, milliseconds since the epoch, and when that was first seen here. */
  blocked: { until: number; seenAt: number } | null
}

export function unknown(): Known {
  return {
    evidenceLostAt: null,
    silentMs: 0,
    downSince: null,
    upSince: null,
    failedDials: 0,
    softAt: null,
    returning: false,
    held: null,
    calledOff: null,
    notBefore: 0,
    blocked: null,
  }
}

/** How long the fault was there before it was seen, in milliseconds. */
export function silentForMs(
  cause: FailoverCause,
  { withheld }: SessionSnapshot,
  { evidenceLostAt, silentMs }: Known,
): number {
  return cause === 'zombie' ? Math.max(evidenceLostAt === null ? 0 : silentMs, withheld.ms) : 0
}

/** Nothing is known of its connection any more. */
export function forget(known: Known): void {
  Object.assign(known, { evidenceLostAt: null, silentMs: 0, failedDials: 0, downSince: null, softAt: null })
}

/**
 * How long it still stays out, in milliseconds; 0 where it does not. The time comes from the clock of whoever took it out, and that one may
 * have been ahead: nobody stays out for longer than is allowed since this process has known of it.
 */
export function outForMs(known: Known, until: number, longestMs: number, clock: number, now: number): number {
  if (known.blocked?.until !== until) known.blocked = { until, seenAt: now }
  return Math.max(0, Math.min(until - clock, known.blocked.seenAt + longestMs - now))
}

export function factsOf(
  { state, lastDisconnect, restriction, withheld }: SessionSnapshot,
  known: Known,
): FaultFacts {
  const { evidenceLostAt, downSince, failedDials } = known
  const lastReason = lastDisconnect?.reason ?? null
  return {
    state,
    lastReason,
    restricted: restriction !== null,
    evidenceLostAt,
    withheld,
    downSince,
    failedDials,
  }
}

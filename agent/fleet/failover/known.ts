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
  }
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

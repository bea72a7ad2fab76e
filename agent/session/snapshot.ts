// A session as others may see it: plain values, taken at one moment.

import type { Reason, SessionState } from '../words.ts'
import type { Restriction } from './socket.ts'

/** Times are milliseconds since the epoch. */
export interface SessionSnapshot {
  account: string
  state: SessionState
  /** When the state was entered. */
  since: number
  /** Open, and the server has given a sign of life within the probe interval. */
  up: boolean
  /** When the present connection opened; null when it is not open. */
  openedAt: number | null
  lastEvidenceAt: number | null
  lastDisconnect: { at: number; reason: Reason; code: number | null } | null
  restriction: Restriction | null
  /** When the session will dial again; null when nothing is scheduled. */
  retryAt: number | null
  /** It waits, and somebody who asks for a code is enough to start it; otherwise only a reset does. */
  askable: boolean
  /** When evidence will be looked at again; null when the session is not open. */
  nextLookAt: number | null
  /** Messages that nothing was acknowledged since, and for how many milliseconds; zeros where acknowledgements come. */
  withheld: { count: number; ms: number }
  /** Messages on their way. */
  inFlight: number
}

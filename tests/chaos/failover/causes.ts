// Every way in which an account can fail for good, as faults of the simulator, and what the agent is to call it.

import type { FailoverCause } from '../../../agent/words.ts'
import type { FaultRequest } from '../../simulator/types.ts'

export interface Cause {
  name: string
  cause: FailoverCause
  /** A person asks for it, and nothing is broken. */
  planned?: true
  faults: Omit<FaultRequest, 'account'>[]
  /** The fault is none before this time has passed, in milliseconds: so long the session may try by itself. */
  notBeforeMs: number
}

const FOR_MS = 120_000

/** Of the configuration that the runs use. */
export const downAfterMs = 2_000

export const causes: readonly Cause[] = [
  { name: 'planned', cause: 'asked', planned: true, faults: [], notBeforeMs: 0 },
  { name: 'logged out', cause: 'logged-out', faults: [{ fault: { kind: 'logout' } }], notBeforeMs: 0 },
  { name: 'banned', cause: 'banned', faults: [{ fault: { kind: 'close', code: 403 } }], notBeforeMs: 0 },
  {
    name: 'restricted',
    cause: 'restricted',
    faults: [{ fault: { kind: 'timelock', seconds: 120, nack: true } }],
    notBeforeMs: 0,
  },
  { name: 'replaced', cause: 'replaced', faults: [{ fault: { kind: 'close', code: 440 } }], notBeforeMs: 0 },
  {
    name: 'half-open',
    cause: 'zombie',
    faults: [{ fault: { kind: 'half-open' }, forMs: FOR_MS }],
    notBeforeMs: 0,
  },
  { name: 'stalled', cause: 'zombie', faults: [{ fault: { kind: 'stall' }, forMs: FOR_MS }], notBeforeMs: 0 },
  {
    name: 'acks withheld',
    cause: 'zombie',
    faults: [{ fault: { kind: 'withhold-acks' }, forMs: FOR_MS }],
    notBeforeMs: 0,
  },
  {
    name: 'reconnects exhausted',
    cause: 'reconnects-exhausted',
    faults: [{ fault: { kind: 'failure', reason: 503 }, forMs: FOR_MS }, { fault: { kind: 'reset' } }],
    notBeforeMs: downAfterMs,
  },
]

// What the outbox needs of an account that sends: a session behind an interface, so that the outbox knows no fleet.

import type { Outgoing } from '../session/socket.ts'

export interface Sender {
  readonly account: string
  /** Under which this process holds the account. */
  readonly epoch: number
  /** Open, alive, unrestricted, and nobody has taken it out of service. */
  ready(): boolean
  /** Resolves with the milliseconds until the acknowledgement. Rejects with SendError. */
  send(message: Outgoing): Promise<number>
}

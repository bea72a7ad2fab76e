// What a session is made of and how it is set: given by the fleet, replaced in tests.

import type { Bus } from '../events.ts'
import type { ConnectLimiter } from './connect-limiter.ts'
import type { ConnectionSettings } from './connection.ts'
import type { KeepInbound, OnInbound, Swallow } from './inbox.ts'
import type { Backoff } from './reconnect.ts'
import type { AuthState, OpenSocket } from './socket.ts'

export interface SessionSettings extends ConnectionSettings {
  backoff: Backoff
  /** A connection that was open this long clears the count of failures, in milliseconds. */
  stableAfterMs: number
  /** How long a message may lack its acknowledgement before its outcome is called unknown, in milliseconds. */
  sendDeadlineMs: number
  /** Regenerations allowed in a row. */
  regenerations: number
  /** How long a code to be typed may be shown, in milliseconds. */
  typedCodeLifeMs: number
}

export interface SessionParts {
  bus: Bus
  limiter: ConnectLimiter
  openSocket: OpenSocket
  /** Of the account, E.164. */
  phone: string
  /** How long an attempt to pair it may take, after so many regenerations in a row. */
  pairingWindow(inARow: number): { windowMs: number; source: string }
  loadAuth(): Promise<AuthState>
  onInbound: OnInbound
  /** Puts an inbound message into the store; false where it is there already. */
  keepInbound?: KeepInbound
  /** Takes out Linda's own test messages, before anything else. */
  swallow?: Swallow
  /** The text that was sent under an id by an earlier run; undefined when it is no longer known. */
  textOf?(messageId: string): Promise<string | undefined>
  settings: SessionSettings
  /** Uniform in [0, 1). */
  random(): number
}

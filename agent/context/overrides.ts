// What a test or another program may put in place of a part.

import type { DestinationStream } from 'pino'
import type { CanarySettings } from '../health/canary/canary.ts'
import type { OnInbound } from '../session/inbox.ts'
import type { SessionSettings } from '../session/parts.ts'
import type { OpenSocket } from '../session/socket.ts'

export interface Overrides {
  openSocket?: OpenSocket
  onInbound?: OnInbound
  /** Where log lines go instead of standard output. */
  logTo?: DestinationStream
  random?: () => number
  settings?: Partial<SessionSettings>
  takeBackWithinMs?: number
  canary?: Partial<CanarySettings>
}

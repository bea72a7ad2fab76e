// The Channel port: one way to tell somebody something, whoever provides it; a driver never throws and never waits longer than its time-out.

import type { Recipient } from '../config/schema.ts'
import type { Told } from '../texts/page.ts'
import type { AttemptOutcome, ChannelName } from '../words.ts'

export interface Outgoing {
  /** Of the delivery: the same at each attempt. */
  delivery: string
  /** Of the page: what a later message about it may replace. */
  page: string
  to: Pick<Recipient, 'phone' | 'fcmToken' | 'locale'>
  told: Told
  /** Where the page is acknowledged; null where it cannot be. */
  link: string | null
  /** Where the provider may report to, by the kind of report; null where nobody can reach us. */
  report: { status: string; key: string } | null
}

export interface Outcome {
  outcome: AttemptOutcome
  /** The provider's name for it, where it has accepted. */
  providerId: string | null
  /** A short word or number of the provider's. */
  code: string
  /** What the provider asks to wait, in milliseconds. */
  retryAfterMs: number | null
}

export interface Channel {
  readonly name: ChannelName
  /** Never rejects. An aborted attempt is `unknown` unless the provider had answered. */
  send(message: Outgoing, signal: AbortSignal): Promise<Outcome>
}

// What the outbox is built from, what it may be told by the configuration, and the one refusal that is its own.

import type { Bus } from '../events.ts'
import type { Cipher } from '../store/cipher.ts'
import type { Sql } from '../store/sql.ts'
import type { Limits } from './limits.ts'
import type { Route } from './route.ts'
import type { Telling } from './telling.ts'
import type { Retry } from './verdict.ts'

export interface OutboxSettings {
  retry: Retry
  /** Messages of one account that may be on their way at once. */
  inFlight: number
  /** Open messages of the whole store above which nothing more is accepted. */
  limit: number
  /** How long an acknowledgement is waited for before another account sends what one may have sent, in milliseconds. */
  graceMs: number
  /** What is done with a message that another account may have sent. */
  unsure: 'resend' | 'hold'
  /** Ended messages are kept so long, in milliseconds: for questions, for repeats of a key, and for recipients who ask again. */
  keepMs: number
}

export interface OutboxParts {
  bus: Bus
  sql: Sql
  cipher: Cipher
  route: Route
  settings: OutboxSettings
  limits: Limits
  /** Transactions in which others are told of what happened. */
  telling: Telling
  random(): number
}

/** The queue is as long as it may be. */
export class OutboxFullError extends Error {
  constructor(limit: number) {
    super(`${limit} messages wait already, which is the limit (outbox.limit); nothing was accepted`)
    this.name = 'OutboxFullError'
  }
}

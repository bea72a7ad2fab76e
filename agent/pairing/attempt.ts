// One pairing attempt: which code is current, how long it may be shown, and whether anybody has looked. An expired code is never handed out.

import type { PairingMethod } from '../words.ts'

/** A code as it may be shown; times are milliseconds since the epoch. */
export interface Code {
  /** The text that the QR image encodes, or the eight characters to type. */
  code: string
  method: PairingMethod
  /** Position within the attempt, from 1; WhatsApp hands out six QR codes per connection. */
  index: number
  issuedAt: number
  /** The end of its own life or of the window, whichever comes first. */
  expiresAt: number
}

/** What an attempt is begun with. */
export interface AttemptStart {
  number: number
  method: PairingMethod
  /** Regenerations before it, since the last scan or reset. */
  inARow: number
  windowMs: number
  /** Milliseconds since the epoch. */
  now: number
}

export class PairingAttempt {
  readonly number: number
  readonly method: PairingMethod
  readonly inARow: number
  readonly windowMs: number
  readonly startedAt: number
  #current: Code | null = null
  #issued = 0
  #firstViewAt: number | null = null

  constructor({ number, method, inARow, windowMs, now }: AttemptStart) {
    this.number = number
    this.method = method
    this.inARow = inARow
    this.windowMs = windowMs
    this.startedAt = now
  }

  get issued(): number {
    return this.#issued
  }

  get viewed(): boolean {
    return this.#firstViewAt !== null
  }

  /**
   * The end of the window. It runs from the first view: whoever comes to the screen late has as long as anybody. A code to be typed
   * has the life that WhatsApp gives it, seen or not.
   */
  get endsAt(): number {
    const from = this.method === 'qr' ? (this.#firstViewAt ?? this.startedAt) : this.startedAt
    return from + this.windowMs
  }

  /** A new code replaces the one before it. */
  issue(code: string, lifeMs: number, now: number): Code {
    this.#issued += 1
    this.#current = { code, method: this.method, index: this.#issued, issuedAt: now, expiresAt: now + lifeMs }
    return this.#current
  }

  /** The code that may be shown now; null between codes, after the last one and after the window. */
  current(now: number): Code | null {
    if (!this.#current) return null
    const expiresAt = Math.min(this.#current.expiresAt, this.endsAt)
    return now < expiresAt ? { ...this.#current, expiresAt } : null
  }

  /** The connection that the code came over is gone, and the code is worth nothing. */
  withdraw(): void {
    this.#current = null
  }

  /** Records that somebody is shown the current code; null when there is none to show. */
  view(now: number): Code | null {
    if (this.current(now)) this.#firstViewAt ??= now
    return this.current(now)
  }

  /** Milliseconds from the first view to `now`; null when nobody has looked. */
  watchedMs(now: number): number | null {
    return this.#firstViewAt === null ? null : Math.max(0, now - this.#firstViewAt)
  }
}

/** What follows the end of an attempt: the same again, a code to be typed, or nothing until a person asks. */
export type Next = 'regenerate' | 'code' | 'wait'

/**
 * What follows an attempt that nobody used. While somebody looks: fresh QR codes as often as is allowed, then one code to be typed.
 * Codes that nobody looks at cost the account reputation, so an unseen attempt is followed by none.
 * @param inARow regenerations since the last scan or reset
 */
export function afterExpiry(
  { method, viewed, inARow }: { method: PairingMethod; viewed: boolean; inARow: number },
  allowed: number,
): Next {
  if (!viewed || method === 'code') return 'wait'
  return inARow < allowed ? 'regenerate' : 'code'
}

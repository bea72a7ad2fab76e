// One pairing attempt: which code is current, how long it lives, and whether anybody has looked. An expired code is never handed out.

import type { PairingMethod } from '../words.ts'

/** A code as it may be shown; times are milliseconds since the epoch. */
export interface Code {
  /** The text that the QR image encodes, or the eight characters to type. */
  code: string
  /** Position within the attempt, from 1; WhatsApp hands out six QR codes per connection. */
  index: number
  issuedAt: number
  expiresAt: number
}

export class PairingAttempt {
  readonly number: number
  readonly method: PairingMethod
  readonly startedAt: number
  #current: Code | null = null
  #issued = 0
  #firstViewAt: number | null = null

  constructor(number: number, method: PairingMethod, now: number) {
    this.number = number
    this.method = method
    this.startedAt = now
  }

  get issued(): number {
    return this.#issued
  }

  get viewed(): boolean {
    return this.#firstViewAt !== null
  }

  /** A new code replaces the one before it. */
  issue(code: string, lifeMs: number, now: number): Code {
    this.#issued += 1
    this.#current = { code, index: this.#issued, issuedAt: now, expiresAt: now + lifeMs }
    return this.#current
  }

  /** The code that may be shown now; null between codes and after the last one. */
  current(now: number): Code | null {
    return this.#current && now < this.#current.expiresAt ? this.#current : null
  }

  /** Records that somebody is shown the current code; null when there is none to show. */
  view(now: number): Code | null {
    const code = this.current(now)
    if (code) this.#firstViewAt ??= now
    return code
  }

  /** Milliseconds from the first view to `now`; null when nobody has looked. */
  scanMs(now: number): number | null {
    return this.#firstViewAt === null ? null : Math.max(0, now - this.#firstViewAt)
  }
}

/**
 * What follows an attempt whose codes ran out unscanned: another one while somebody is looking and the allowance
 * lasts, otherwise nothing until a person asks. Codes that nobody looks at cost the account reputation.
 * @param inARow regenerations since the last scan or reset
 */
export function afterExpiry(viewed: boolean, inARow: number, allowed: number): 'regenerate' | 'wait' {
  return viewed && inARow < allowed ? 'regenerate' : 'wait'
}

// When a session dials again: later with every failure since it was last stable, and at once only the first time.

import type { About, Bus } from '../events.ts'
import type { Reason } from '../words.ts'
import { type Backoff, delayFor } from './reconnect.ts'

export class Retries {
  #bus: Bus
  #about: About
  #backoff: Backoff
  #random: () => number
  #failures = 0
  #atOnceSpent = false
  #timer: NodeJS.Timeout | undefined
  #at: number | null = null

  constructor(bus: Bus, about: About, backoff: Backoff, random: () => number) {
    this.#bus = bus
    this.#about = about
    this.#backoff = backoff
    this.#random = random
  }

  /** Failures since the session was last stable. */
  get failures(): number {
    return this.#failures
  }

  /** Milliseconds since the epoch; null when nothing is scheduled. */
  get at(): number | null {
    return this.#at
  }

  /** Dials after the delay. A server that asks for `now` again and again is a server in trouble: it gets the back-off. */
  schedule(asked: 'now' | 'backoff' | 'cap', reason: Reason, dial: () => void): void {
    const delay = asked === 'now' && this.#atOnceSpent ? 'backoff' : asked
    if (delay === 'now') this.#atOnceSpent = true
    const delayMs = delayFor(delay, this.#failures, this.#backoff, this.#random())
    if (delay !== 'now') this.#failures += 1
    this.#bus.emit('session.retry-scheduled', { reason, attempt: this.#failures, delayMs }, this.#about)
    this.#at = Date.now() + delayMs
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      this.#at = null
      dial()
    }, delayMs)
  }

  cancel(): void {
    clearTimeout(this.#timer)
    this.#at = null
  }

  /** A stable connection, a scan or a person: what failed before no longer counts. */
  forget(): void {
    this.#failures = 0
    this.#atOnceSpent = false
  }
}

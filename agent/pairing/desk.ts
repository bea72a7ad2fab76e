// The pairing of one account over time: at most one attempt is open, each ends with one outcome, and regenerations are bounded.

import type { About, Bus } from '../events.ts'
import { attributes, type OpenSpan, openSpan } from '../telemetry/tracing.ts'
import type { PairingMethod, PairingOutcome } from '../words.ts'
import { afterExpiry, type Code, PairingAttempt } from './attempt.ts'

/** Figures since the agent started. */
export interface PairingCounts {
  attempts: number
  codes: number
  scans: number
  regenerations: number
  regenerationsFailed: number
  /** Milliseconds since the epoch. */
  lastCodeAt: number | null
  /** Sum and number of the known times from the first view to the scan. */
  scanMsSum: number
  scanMsCount: number
}

export class PairingDesk {
  readonly counts: PairingCounts = {
    attempts: 0,
    codes: 0,
    scans: 0,
    regenerations: 0,
    regenerationsFailed: 0,
    lastCodeAt: null,
    scanMsSum: 0,
    scanMsCount: 0,
  }
  #bus: Bus
  #about: About
  #allowed: number
  #attempt: PairingAttempt | null = null
  #span: OpenSpan | null = null
  #inARow = 0

  /** @param allowed how many regenerations may follow one another */
  constructor(bus: Bus, about: About, allowed: number) {
    this.#bus = bus
    this.#about = about
    this.#allowed = allowed
  }

  get attempt(): PairingAttempt | null {
    return this.#attempt
  }

  /** WhatsApp handed out a code: it becomes current, in the open attempt or in a new one. */
  codeArrived(code: string, lifeMs: number, method: PairingMethod = 'qr'): void {
    const now = Date.now()
    const attempt = this.#attempt ?? this.#open(method, now)
    const { index } = attempt.issue(code, lifeMs, now)
    this.counts.codes += 1
    this.counts.lastCodeAt = now
    this.#bus.emit('pairing.code-issued', { attempt: attempt.number, index, lifeMs }, this.#traced())
  }

  /** Shows the current code to somebody; null when there is none to show. */
  view(): Code | null {
    const now = Date.now()
    const code = this.#attempt?.view(now) ?? null
    if (this.#attempt && code) {
      const { number } = this.#attempt
      const lifeLeftMs = code.expiresAt - now
      this.#bus.emit(
        'pairing.code-viewed',
        { attempt: number, index: code.index, lifeLeftMs },
        this.#traced(),
      )
    }
    return code
  }

  scanned(): void {
    const attempt = this.#attempt
    if (!attempt) return
    const scanMs = attempt.scanMs(Date.now())
    this.counts.scans += 1
    if (scanMs !== null) {
      this.counts.scanMsSum += scanMs
      this.counts.scanMsCount += 1
    }
    this.#bus.emit('pairing.scanned', { attempt: attempt.number, scanMs }, this.#traced())
    this.#inARow = 0
    this.end('linked')
  }

  /** The codes ran out: says what follows and counts a regeneration that is allowed. */
  expired(): 'regenerate' | 'wait' {
    const viewed = this.#attempt?.viewed ?? false
    this.end('expired')
    const next = afterExpiry(viewed, this.#inARow, this.#allowed)
    if (next === 'regenerate') {
      this.#inARow += 1
      this.counts.regenerations += 1
      const attempt = this.counts.attempts + 1
      this.#bus.emit('pairing.regenerated', { attempt, inARow: this.#inARow }, this.#about)
    } else if (viewed) this.counts.regenerationsFailed += 1
    return next
  }

  /** A person starts over: the allowance is full again. */
  startOver(): void {
    this.#inARow = 0
    this.end('aborted')
  }

  /** Ends the open attempt, if any. */
  end(outcome: PairingOutcome): void {
    const attempt = this.#attempt
    if (!attempt) return
    const { number, method, viewed, startedAt } = attempt
    const ms = Date.now() - startedAt
    this.#bus.emit('pairing.ended', { attempt: number, method, outcome, viewed, ms }, this.#traced())
    this.#span?.set({ [attributes.outcome]: outcome })
    this.#span?.end(outcome === 'linked' ? undefined : outcome)
    this.#attempt = null
    this.#span = null
  }

  #open(method: PairingMethod, now: number): PairingAttempt {
    this.counts.attempts += 1
    const attempt = new PairingAttempt(this.counts.attempts, method, now)
    this.#attempt = attempt
    this.#span = openSpan('pairing', this.#about.account ?? '', { [attributes.attempt]: attempt.number })
    this.#bus.emit('pairing.started', { attempt: attempt.number, method }, this.#traced())
    return attempt
  }

  #traced(): About {
    return { ...this.#about, trace: this.#span?.trace }
  }
}

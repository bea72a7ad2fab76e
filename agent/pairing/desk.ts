// The pairing of one account over time: at most one attempt is open, it ends with its window, with one outcome, and what follows is bounded.

import type { About, Bus } from '../events.ts'
import { attributes, type OpenSpan, openSpan } from '../telemetry/tracing.ts'
import type { PairingMethod, PairingOutcome } from '../words.ts'
import { afterExpiry, type Code, type Next, PairingAttempt } from './attempt.ts'
import { noCounts } from './counts.ts'

/** A timer fires later than it was set for on a busy machine, by no more than this, in milliseconds. */
const LATE_MS = 10_000

export interface DeskSettings {
  /** How many regenerations may follow one another. */
  regenerations: number
  /** How long the attempt after so many regenerations in a row may take. */
  window(inARow: number): { windowMs: number; source: string }
  /** How long a code to be typed may be shown, in milliseconds. */
  codeLifeMs: number
}

export class PairingDesk {
  readonly counts = noCounts()
  #bus: Bus
  #about: About
  #settings: DeskSettings
  #windowOver: () => void
  #timer: NodeJS.Timeout | undefined
  #attempt: PairingAttempt | null = null
  #span: OpenSpan | null = null
  #method: PairingMethod = 'qr'
  #inARow = 0
  #lastOutcome: PairingOutcome | null = null
  #unseen = 0

  /** @param windowOver called when the window of the open attempt is over; who is called ends the connection and asks `next` */
  constructor(bus: Bus, about: About, settings: DeskSettings, windowOver: () => void) {
    this.#bus = bus
    this.#about = about
    this.#settings = settings
    this.#windowOver = windowOver
  }

  get attempt(): PairingAttempt | null {
    return this.#attempt
  }

  /** What the next code is to be: a QR code, or one to be typed. */
  get method(): PairingMethod {
    return this.#method
  }

  /** Regenerations since the last scan or reset. */
  get inARow(): number {
    return this.#inARow
  }

  /** How the attempt before the open one ended, or the last one where none is open. */
  get lastOutcome(): PairingOutcome | null {
    return this.#lastOutcome
  }

  /** Attempts in a row that nobody was shown, although somebody had asked for them. */
  get unseen(): number {
    return this.#unseen
  }

  /** WhatsApp handed out a code: it becomes current, in the open attempt or in a new one. */
  codeArrived(code: string, lifeMs: number): void {
    const now = Date.now()
    const attempt = this.#attempt ?? this.#open(now)
    const { index } = attempt.issue(code, lifeMs, now)
    this.counts.codes += 1
    this.counts.lastCodeAt = now
    this.#bus.emit('pairing.code-issued', { attempt: attempt.number, index, lifeMs }, this.#traced())
  }

  /** The code that may be shown now, without anybody being shown it. */
  current(): Code | null {
    return this.#attempt?.current(Date.now()) ?? null
  }

  /** The connection is gone: no code is current until another one hands one out. */
  withdraw(): void {
    this.#attempt?.withdraw()
  }

  /** Shows the current code to somebody; null when there is none to show. */
  view(): Code | null {
    const attempt = this.#attempt
    const now = Date.now()
    const first = attempt?.viewed === false
    const code = attempt?.view(now) ?? null
    if (!attempt || !code) return null
    if (first) this.#wakeAt(attempt.endsAt)
    this.#unseen = 0
    const lifeLeftMs = code.expiresAt - now
    const { index } = code
    this.#bus.emit('pairing.code-viewed', { attempt: attempt.number, index, lifeLeftMs }, this.#traced())
    return code
  }

  scanned(): void {
    const attempt = this.#attempt
    if (!attempt) return
    const scanMs = attempt.watchedMs(Date.now())
    this.counts.scans += 1
    if (scanMs !== null) {
      this.counts.scanMsSum += scanMs
      this.counts.scanMsCount += 1
    }
    this.#bus.emit('pairing.scanned', { attempt: attempt.number, scanMs }, this.#traced())
    this.end('linked')
    this.#inARow = 0
    this.#method = 'qr'
  }

  /**
   * The window is over or WhatsApp's codes ran out: what comes now. `continue` leaves the attempt open for the codes of another
   * connection; everything else has ended it.
   */
  next(why: 'window-expired' | 'codes-ended'): Next | 'continue' {
    const attempt = this.#attempt
    if (!attempt) return 'wait'
    const { viewed, method } = attempt
    // Unseen, the codes of a second connection would be burned for nobody; a code to be typed dies with its connection.
    if (why === 'codes-ended' && viewed && method === 'qr') return 'continue'
    this.end('expired')
    if (!viewed) {
      this.#unseen += 1
      // Whoever asks next may be somebody else: a code to be typed rings the phone, so it is not asked for again unseen.
      this.#method = 'qr'
    }
    const next = afterExpiry({ method, viewed, inARow: this.#inARow }, this.#settings.regenerations)
    if (next === 'regenerate') this.#regenerate()
    if (next === 'code') {
      this.counts.regenerationsFailed += 1
      this.#method = 'code'
      this.#bus.emit('pairing.code-fallback', { inARow: this.#inARow }, this.#about)
    }
    if (next === 'wait' && viewed) this.#bus.emit('pairing.given-up', { inARow: this.#inARow }, this.#about)
    return next
  }

  /** A person starts over: the allowance is full again. */
  startOver(method: PairingMethod): void {
    this.end('aborted')
    this.#inARow = 0
    this.#unseen = 0
    this.#method = method
    this.#lastOutcome = null
  }

  /** The linked phone's session is open: how it was linked is history. */
  settled(): void {
    this.#lastOutcome = null
  }

  /** Ends the open attempt, if any. */
  end(outcome: PairingOutcome): void {
    clearTimeout(this.#timer)
    const attempt = this.#attempt
    if (!attempt) return
    const { number, method, inARow, viewed, startedAt } = attempt
    const now = Date.now()
    const data = { attempt: number, method, outcome, inARow, viewed, ms: Math.max(0, now - startedAt) }
    this.#bus.emit('pairing.ended', { ...data, watchedMs: believable(attempt, now) }, this.#traced())
    this.#span?.set({ [attributes.outcome]: outcome })
    this.#span?.end(outcome === 'linked' ? undefined : outcome)
    this.#attempt = null
    this.#span = null
    this.#lastOutcome = outcome
  }

  #open(now: number): PairingAttempt {
    this.counts.attempts += 1
    const number = this.counts.attempts
    const method = this.#method
    const inARow = this.#inARow
    const { window, codeLifeMs } = this.#settings
    const { windowMs, source } = method === 'qr' ? window(inARow) : { windowMs: codeLifeMs, source: 'base' }
    const attempt = new PairingAttempt({ number, method, inARow, windowMs, now })
    this.#attempt = attempt
    this.#wakeAt(attempt.endsAt)
    this.#span = openSpan('pairing', this.#about.account ?? '', { [attributes.attempt]: number })
    this.#bus.emit('pairing.started', { attempt: number, method, inARow, windowMs, source }, this.#traced())
    return attempt
  }

  #regenerate(): void {
    this.#inARow += 1
    this.counts.regenerations += 1
    const attempt = this.counts.attempts + 1
    this.#bus.emit('pairing.regenerated', { attempt, inARow: this.#inARow }, this.#about)
  }

  #wakeAt(at: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#windowOver(), Math.max(0, at - Date.now()))
  }

  #traced(): About {
    return { ...this.#about, trace: this.#span?.trace }
  }
}

/** How long somebody watched; null when nobody did, or when the clock was set meanwhile: no attempt outlives its window by much. */
function believable(attempt: PairingAttempt, now: number): number | null {
  const watchedMs = attempt.watchedMs(now)
  if (watchedMs === null || now < attempt.startedAt) return null
  return watchedMs <= attempt.windowMs + LATE_MS ? watchedMs : null
}

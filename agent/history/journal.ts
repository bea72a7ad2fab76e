// The events worth keeping, written to the history in batches from a bounded buffer: a slow history costs old events, never the agent.

import { type AnyEvent, type Bus, catalogue, type EventData, type Level } from '../events.ts'
import { type History, HistoryError } from './port.ts'

/** Levels that are kept; what is only counted or only of use while debugging is not. */
const KEPT: ReadonlySet<Level> = new Set(['info', 'warn', 'error'])
/** Events of the store and the history themselves would be written because of their own writing. */
const NOT_KEPT: ReadonlySet<string> = new Set([
  'store.failed',
  'history.written',
  'history.dropped',
  'history.unreachable',
  'history.reachable',
])
const BATCH = 100
const FLUSH_EVERY_MS = 1_000
/** Events that may wait, those being written included; above this the oldest are dropped, up to a batch at a time, and counted. */
const BUFFER = 10_000
/** What a history that does not answer may hold up a stop, in milliseconds. */
const STOP_WITHIN_MS = 3_000

type Why = EventData['history.dropped']['why']

export class Journal {
  #history: History
  #bus: Bus
  #waiting: AnyEvent[] = []
  #writing: readonly AnyEvent[] = []
  /** So many are written one by one, because the history refused one of them. */
  #alone = 0
  #timer: NodeJS.Timeout
  #flushing: Promise<void> | null = null
  /** Dropped since it was last said: an outage must not double the log. */
  #overflowed = 0
  #over = false
  #leave: () => void

  constructor(history: History, bus: Bus) {
    this.#history = history
    this.#bus = bus
    this.#leave = bus.onAny((event) => this.#take(event))
    this.#timer = setInterval(() => void this.flush(), FLUSH_EVERY_MS)
    this.#timer.unref()
  }

  /** Writes what waits. Never rejects: what could not be written waits for the next time. */
  flush(): Promise<void> {
    this.#flushing ??= this.#write().finally(() => {
      this.#flushing = null
    })
    return this.#flushing
  }

  /** Takes no more events and writes what waits; what cannot be written within three seconds is dropped and counted. */
  async stop(): Promise<void> {
    this.#leave()
    clearInterval(this.#timer)
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, STOP_WITHIN_MS)
    })
    // What came after the last batch of a flush that was under way is written by the second one.
    await Promise.race([this.flush().then(() => this.flush()), late])
    clearTimeout(timer)
    if (this.#over) return
    this.#over = true
    this.#sayOverflowed()
    const left = this.#waiting.length + this.#writing.length
    if (left > 0) this.#dropped(left, 'stopped', null)
  }

  #take(event: AnyEvent): void {
    const { level, keep } = catalogue[event.type]
    if ((!KEPT.has(level) && !keep) || NOT_KEPT.has(event.type)) return
    this.#waiting.push(event)
    // By the hundred: what is taken from the front of a long list moves all the rest, and the emitter waits for it.
    if (this.#tooMany() >= BATCH) this.#makeRoom()
  }

  #tooMany(): number {
    return this.#waiting.length + this.#writing.length - BUFFER
  }

  #makeRoom(): void {
    const tooMany = this.#tooMany()
    if (tooMany <= 0) return
    this.#waiting.splice(0, tooMany)
    this.#overflowed += tooMany
  }

  async #write(): Promise<void> {
    this.#makeRoom()
    this.#sayOverflowed()
    while (this.#waiting.length > 0 && !this.#over) {
      const batch = this.#waiting.splice(0, this.#alone > 0 ? 1 : BATCH)
      this.#writing = batch
      const error = await this.#append(batch)
      // What is late was counted as dropped.
      if (this.#over) return
      this.#writing = []
      this.#alone = Math.max(0, this.#alone - 1)
      if (error === null) this.#written(batch.length, 'written')
      else if (!(error instanceof HistoryError && error.refused)) {
        this.#putBack(batch)
        this.#written(batch.length, 'failed')
        return
      } else if (batch.length === 1) this.#dropped(1, 'refused', error.message)
      else {
        this.#putBack(batch)
        this.#alone = batch.length
      }
    }
  }

  async #append(batch: readonly AnyEvent[]): Promise<unknown> {
    try {
      await this.#history.append(batch)
      return null
    } catch (error) {
      return error
    }
  }

  #putBack(batch: readonly AnyEvent[]): void {
    this.#waiting.unshift(...batch)
    this.#makeRoom()
  }

  #sayOverflowed(): void {
    if (this.#overflowed > 0) this.#dropped(this.#overflowed, 'full', null)
    this.#overflowed = 0
  }

  #dropped(count: number, why: Why, detail: string | null): void {
    this.#bus.emit('history.dropped', { driver: this.#history.driver, count, why, detail })
  }

  #written(count: number, outcome: 'written' | 'failed'): void {
    this.#bus.emit('history.written', { driver: this.#history.driver, count, outcome })
  }
}

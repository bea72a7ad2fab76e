// The events worth keeping, written to the store in batches from a bounded buffer: a slow store costs old events, never the agent.

import { type AnyEvent, type Bus, catalogue, type Level } from '../events.ts'
import type { Sql, Value } from '../store/sql.ts'

/** Levels that are kept; what is only counted or only of use while debugging is not. */
const KEPT: ReadonlySet<Level> = new Set(['info', 'warn', 'error'])
/** Events of the store itself would be written because of their own writing. */
const NOT_KEPT: ReadonlySet<string> = new Set(['store.failed', 'history.written', 'history.dropped'])
const BATCH = 100
const FLUSH_EVERY_MS = 1_000
/** Events that may wait; at this many the oldest are dropped and counted. */
const BUFFER = 10_000

export class Journal {
  #sql: Sql
  #bus: Bus
  #waiting: AnyEvent[] = []
  #timer: NodeJS.Timeout
  #flushing: Promise<void> | null = null
  /** Dropped since it was last said: an outage must not double the log. */
  #dropped = 0
  #leave: () => void

  constructor(sql: Sql, bus: Bus) {
    this.#sql = sql
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

  /** Takes no more events and writes what waits. */
  async stop(): Promise<void> {
    this.#leave()
    clearInterval(this.#timer)
    await this.flush()
    await this.flush()
  }

  #take(event: AnyEvent): void {
    if (!KEPT.has(catalogue[event.type].level) || NOT_KEPT.has(event.type)) return
    this.#waiting.push(event)
    const tooMany = this.#waiting.length - BUFFER
    if (tooMany <= 0) return
    this.#waiting.splice(0, tooMany)
    this.#dropped += tooMany
  }

  async #write(): Promise<void> {
    if (this.#dropped > 0) {
      this.#bus.emit('history.dropped', { driver: 'embedded', count: this.#dropped })
      this.#dropped = 0
    }
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.slice(0, BATCH)
      try {
        await this.#insert(batch)
      } catch {
        this.#bus.emit('history.written', { driver: 'embedded', count: batch.length, outcome: 'failed' })
        return
      }
      // Events that came meanwhile stand behind these, and a full buffer may have dropped some of these already.
      const written = new Set(batch)
      this.#waiting = this.#waiting.filter((event) => !written.has(event))
      this.#bus.emit('history.written', { driver: 'embedded', count: batch.length, outcome: 'written' })
    }
  }

  async #insert(batch: readonly AnyEvent[]): Promise<void> {
    const places = batch.map(
      (_, i) => `($${5 * i + 1}, $${5 * i + 2}, $${5 * i + 3}, $${5 * i + 4}, $${5 * i + 5})`,
    )
    const values: Value[] = batch.flatMap(({ id, at, type, account, v: _v, ...data }) => [
      id,
      at,
      type,
      account ?? null,
      JSON.stringify(data),
    ])
    // Written before and not known to be: the same id is the same event.
    await this.#sql.query(
      `INSERT INTO event (id, at, type, account, data) VALUES ${places.join(', ')} ON CONFLICT (id) DO NOTHING`,
      values,
    )
  }
}

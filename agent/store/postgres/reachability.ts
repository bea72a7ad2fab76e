// Whether the server can be reached is known from asking it, said once when it changes, and asked again until it can.

import type { Bus } from '../../events.ts'
import { StoreError } from '../sql.ts'
import { codeOf, detailOf } from './errors.ts'

export class Reachability {
  #bus: Bus
  #probe: () => Promise<void>
  #retryMs: number
  #down: { since: number; detail: string; error: unknown } | null = null
  #asking = false
  #timer: NodeJS.Timeout | undefined
  #closed = false

  /**
   * @param probe asks the server over a connection of its own; rejects within bounds when it cannot be used
   * @param retryMs pause between two questions while it cannot be reached
   */
  constructor(bus: Bus, probe: () => Promise<void>, retryMs: number) {
    this.#bus = bus
    this.#probe = probe
    this.#retryMs = retryMs
    bus.emit('store.reachable', { driver: 'postgres', downMs: null })
  }

  /**
   * Throws StoreError while the server is known to be away: callers get their answer at once instead of queueing for a
   * time-out each.
   */
  refuse(): void {
    if (!this.#down) return
    const seconds = Math.round((performance.now() - this.#down.since) / 1000)
    throw new StoreError(`${this.#down.detail}; away for ${seconds} s`, { cause: this.#down.error })
  }

  /** Something broke that may be the server or a single connection. While it is away, the next question has its time already. */
  suspect(): void {
    if (!this.#asking && !this.#timer && !this.#closed) void this.#ask()
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#timer)
  }

  async #ask(): Promise<void> {
    this.#asking = true
    try {
      await this.#probe()
      this.#up()
    } catch (error) {
      this.#failed(error)
    } finally {
      this.#asking = false
    }
  }

  #up(): void {
    if (!this.#down || this.#closed) return
    const downMs = Math.round(performance.now() - this.#down.since)
    this.#down = null
    this.#bus.emit('store.reachable', { driver: 'postgres', downMs })
  }

  #failed(error: unknown): void {
    if (this.#closed) return
    // A server that is full still serves the connections that are open.
    const full = codeOf(error) === '53300'
    const detail = detailOf(error)
    if (this.#down) this.#down = { since: this.#down.since, detail, error }
    else if (!full) {
      this.#down = { since: performance.now(), detail, error }
      this.#bus.emit('store.unreachable', { driver: 'postgres', detail })
    }
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.suspect()
    }, this.#retryMs).unref()
  }
}

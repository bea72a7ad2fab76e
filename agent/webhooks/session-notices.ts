// A session's change of state is told in a transaction of its own, as soon as the store takes it; what it does not take in time is counted.

import { setTimeout as sleep } from 'node:timers/promises'
import type { Bus, EventOf } from '../events.ts'
import type { Sql } from '../store/sql.ts'
import type { DeliveryRow } from './enqueue.ts'
import type { Notice } from './notice.ts'
import type { WebhookQueue } from './port.ts'

/** Changes that may wait for the store; a thousand sessions that start make three each. Beyond them the oldest are left out. */
const WAITING = 5_000
const BATCH = 100
/** Pauses before another try, in milliseconds: about half a minute together, which a restart of PostgreSQL takes. */
const PAUSES_MS = [500, 1_000, 2_000, 4_000, 8_000, 16_000]

export interface SessionNoticesParts {
  sql: Sql
  bus: Bus
  queue: WebhookQueue
  /** Undefined for an account that is not listed. */
  poolOf(account: string): string | undefined
  /** Between tries, in milliseconds; the usual ones where it is absent. */
  pausesMs?: readonly number[]
}

export class SessionNotices {
  readonly #parts: SessionNoticesParts
  readonly #stopping = new AbortController()
  readonly #leave: () => void
  #waiting: Notice[] = []
  #writing: Promise<void> | null = null

  constructor(parts: SessionNoticesParts) {
    this.#parts = parts
    this.#leave = parts.bus.on('session.state-changed', (event) => this.#take(event))
  }

  /** Takes no more, and tries once more to write what waits. Never rejects. */
  async stop(): Promise<void> {
    this.#leave()
    this.#stopping.abort()
    await this.#writing
    if (this.#waiting.length > 0) await this.#write()
  }

  #take({ account, at, from, to, reason }: EventOf<'session.state-changed'>): void {
    const pool = account === undefined ? undefined : this.#parts.poolOf(account)
    if (account === undefined || pool === undefined) return
    this.#waiting.push({
      type: 'session.state',
      lane: account,
      pool,
      account,
      at,
      data: { from, to, reason },
    })
    const tooMany = this.#waiting.length - WAITING
    if (tooMany > 0) this.#missed(this.#waiting.splice(0, tooMany).length, 'too many wait for the store')
    this.#writing ??= this.#write().finally(() => {
      this.#writing = null
    })
  }

  async #write(): Promise<void> {
    // What changes in one go is written in one go.
    await new Promise<void>((resolve) => setImmediate(resolve))
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, BATCH)
      const error = await this.#insist(batch)
      if (error !== null) this.#missed(batch.length, error)
    }
  }

  /** Null when it was written, else what the last try met. */
  async #insist(batch: readonly Notice[]): Promise<string | null> {
    const { sql, queue } = this.#parts
    let rows: readonly DeliveryRow[] | null = null
    for (let attempt = 0; ; attempt++) {
      try {
        // Once: where only the answer of a commit was lost, the next try meets its own ids.
        const prepared: readonly DeliveryRow[] = rows ?? (await queue.prepare(batch))
        rows = prepared
        if (prepared.length > 0) await sql.transaction((tx) => queue.insert(tx, prepared))
        queue.wake()
        return null
      } catch (error) {
        const pauseMs = (this.#parts.pausesMs ?? PAUSES_MS)[attempt]
        if (pauseMs === undefined || this.#stopping.signal.aborted) return (error as Error).message
        await sleep(pauseMs, undefined, { signal: this.#stopping.signal }).catch(() => {})
      }
    }
  }

  #missed(count: number, detail: string): void {
    this.#parts.bus.emit('webhook.missed', { count, detail })
  }
}

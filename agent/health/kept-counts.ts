// The sums outlive the process: half hours that changed go to the store in small batches, and come back at the next start, at their age.

import { setImmediate as turn } from 'node:timers/promises'
import type { Bus } from '../events.ts'
import type { Queryable } from '../store/sql.ts'
import { Turns } from '../store/turns.ts'
import { BUCKET_MS, type HalfHour, type RollingCounts } from './counts.ts'
import { countsIn, textOf } from './counts-text.ts'

export interface KeptParts {
  sql: Queryable
  bus: Bus
  /** The accounts that are counted now. */
  accounts(): Iterable<string>
  counts(account: string): RollingCounts
  /** The wall clock, milliseconds since the epoch; looked at once for the offset between the two clocks. */
  wall?(): number
  /** Milliseconds of the clock by which is counted; it never goes back. */
  monotonic?(): number
}

/** Half hours written, and accounts read, with one statement: each takes a few milliseconds, in which nothing else has a turn. */
const WRITTEN = 25
const READ = 5
const DAY_MS = 24 * 60 * 60_000
const HOUR_MS = 60 * 60_000
/** Kept for an hour longer than it counts, for clocks that are not quite right. */
const KEPT_MS = DAY_MS + HOUR_MS
const PRUNE_EVERY_MS = BUCKET_MS

type Row = { account: string; begins: number; counts: string }
type Changed = { account: string; halfHour: HalfHour }

export class KeptCounts {
  #parts: KeptParts
  #clock: () => number
  /** Taken once: after a step of the wall clock a half hour is still the same row. */
  #offsetMs: number
  #writes = new Turns()
  #prunedAt = Number.NEGATIVE_INFINITY

  constructor(parts: KeptParts) {
    this.#parts = parts
    this.#clock = parts.monotonic ?? (() => performance.now())
    this.#offsetMs = Math.round((parts.wall ?? Date.now)() - this.#clock())
  }

  /** Adds the last 24 hours of these accounts to their sums. Never rejects: a store that fails, or a bad row, is an event. */
  async recall(accounts: readonly string[]): Promise<void> {
    const taken = new Set<number>()
    let bad = 0
    try {
      for (let i = 0; i < accounts.length; i += READ) {
        for (const row of await this.#read(accounts.slice(i, i + READ))) {
          taken.add(row.begins % BUCKET_MS)
          if (!this.#take(row)) bad += 1
        }
        await turn()
      }
    } catch (error) {
      this.#warn('reading', (error as Error).message)
    }
    if (bad > 0) this.#warn('reading', `${bad} rows of health_count hold no sums and are left out`)
    // By chance our half hours begin at the same milliseconds as those of an earlier process: its rows must not be written over.
    while (taken.has(this.#offsetMs % BUCKET_MS)) this.#offsetMs += 1
  }

  /** Writes what changed since the last time, and now and then deletes what is too old. Never rejects: a store that fails is an event. */
  write(): Promise<void> {
    return this.#writes.take(() =>
      this.#write().catch((error: Error) => this.#warn('writing', error.message)),
    )
  }

  async #write(): Promise<void> {
    let batch: Changed[] = []
    for (const account of [...this.#parts.accounts()]) {
      for (const halfHour of this.#parts.counts(account).changed(this.#clock()))
        batch.push({ account, halfHour })
      if (batch.length < WRITTEN) continue
      await this.#put(batch)
      batch = []
    }
    if (batch.length > 0) await this.#put(batch)
    if (this.#clock() - this.#prunedAt >= PRUNE_EVERY_MS) await this.#prune()
  }

  /** One account alone may have changed in more half hours than one statement takes, after an outage of the store. */
  async #put(changed: readonly Changed[]): Promise<void> {
    for (let i = 0; i < changed.length; i += WRITTEN) {
      const rows = changed.slice(i, i + WRITTEN)
      const values = rows.map((_, n) => `($${3 * n + 1}, $${3 * n + 2}, $${3 * n + 3})`).join(', ')
      try {
        await this.#parts.sql.query(
          `INSERT INTO health_count (account, begins, counts) VALUES ${values}
           ON CONFLICT (account, begins) DO UPDATE SET counts = excluded.counts`,
          rows.flatMap(({ account, halfHour: { beginsMs, counts } }) => [
            account,
            beginsMs + this.#offsetMs,
            textOf(counts),
          ]),
        )
      } catch (error) {
        for (const { account, halfHour } of changed.slice(i))
          this.#parts.counts(account).changedStill(halfHour)
        throw error
      }
      await turn()
    }
  }

  async #read(accounts: readonly string[]): Promise<Row[]> {
    const since = this.#offsetMs + this.#clock() - DAY_MS - BUCKET_MS
    return this.#parts.sql.query<Row>(
      `SELECT account, begins, counts FROM health_count WHERE account IN (${places(READ)}) AND begins > $${READ + 1}`,
      [...filled(accounts, READ), Math.floor(since)],
    )
  }

  /** Answers whether the row could be used. */
  #take({ account, begins, counts }: Row): boolean {
    const now = this.#clock()
    const beginsMs = begins - this.#offsetMs
    const sums = Number.isSafeInteger(begins) ? countsIn(counts) : null
    // The clock may have been set back a little since; what lies far ahead is nobody's half hour.
    if (sums === null || beginsMs > now + HOUR_MS) return false
    this.#parts.counts(account).recall({ beginsMs, counts: sums }, now)
    return true
  }

  async #prune(): Promise<void> {
    const { sql } = this.#parts
    const before = Math.floor(this.#offsetMs + this.#clock() - KEPT_MS)
    const accounts = [...this.#parts.accounts()]
    for (let i = 0; i < accounts.length; i += WRITTEN) {
      await sql.query(
        `DELETE FROM health_count WHERE account IN (${places(WRITTEN)}) AND begins < $${WRITTEN + 1}`,
        [...filled(accounts.slice(i, i + WRITTEN), WRITTEN), before],
      )
      await turn()
    }
    // Nobody counts these any more, so nobody else would delete them.
    await sql.query(
      'DELETE FROM health_count WHERE begins < $1 AND account IN (SELECT id FROM account WHERE retired = 1)',
      [before],
    )
    this.#prunedAt = this.#clock()
  }

  #warn(doing: 'reading' | 'writing', detail: string): void {
    this.#parts.bus.emit('health.not-kept', { doing, detail })
  }
}

function places(count: number): string {
  return Array.from({ length: count }, (_, n) => `$${n + 1}`).join(', ')
}

/** Always the same number of parameters, so that a store prepares one statement. */
function filled(accounts: readonly string[], count: number): string[] {
  return Array.from({ length: count }, (_, n) => accounts[Math.min(n, accounts.length - 1)] as string)
}

// Looks at the failovers in the store from time to time: counts what is open, goes on with what stands still, and forgets what is long over.

import type { Sql } from '../../store/sql.ts'
import { type Failover, forgetFailovers, openFailovers } from './rows.ts'
import { Stillness } from './stillness.ts'

export interface KeeperParts {
  sql: Sql
  /** This process holds the account. */
  holds(account: string): boolean
  /** Goes on with it here. */
  resume(f: Failover): void
  /** Whoever is at one has come a step further after this time, in milliseconds. */
  patienceMs: number
  /** Of tests. */
  everyMs?: number
}

const EVERY_MS = 10_000
const FORGET_EVERY_MS = 3_600_000
/** The audit trail has each step of theirs for ever. */
const KEEP_MS = 90 * 24 * 3_600_000

export class FailoverKeeper {
  #parts: KeeperParts
  #stillness = new Stillness()
  #open = 0
  #forgotAt = Number.NEGATIVE_INFINITY
  #timer: NodeJS.Timeout | null = null
  #looking: Promise<void> = Promise.resolve()
  #over = false

  constructor(parts: KeeperParts) {
    this.#parts = parts
  }

  /** Open failovers of all nodes, as last counted. */
  get open(): number {
    return this.#open
  }

  /** Looks now and then again and again; answers the function that ends it. */
  start(): () => Promise<void> {
    const next = (): void => {
      // The store says itself that it is away; the next look is in time for everything here.
      this.#looking = this.#look().catch(() => {})
      void this.#looking.then(() => {
        if (!this.#over) this.#timer = setTimeout(next, this.#parts.everyMs ?? EVERY_MS)
      })
    }
    next()
    return async () => {
      this.#over = true
      clearTimeout(this.#timer ?? undefined)
      await this.#looking
    }
  }

  async #look(): Promise<void> {
    const { sql, holds, resume, patienceMs } = this.#parts
    const open = await openFailovers(sql)
    const now = performance.now()
    this.#open = open.length
    const still = this.#stillness.look(open, now)
    for (const f of open) {
      // Whoever holds the account comes first. An account that was taken out of the file is held by nobody.
      const mostMs = holds(f.account) ? patienceMs : 2 * patienceMs
      if (!this.#over && (still.get(f.id) ?? 0) > mostMs) resume(f)
    }
    if (this.#over || now - this.#forgotAt < FORGET_EVERY_MS) return
    this.#forgotAt = now
    while (!this.#over && (await forgetFailovers(sql, Date.now() - KEEP_MS))) {}
  }
}

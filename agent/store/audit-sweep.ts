// The agent proves its own audit trail again and again, a bounded piece at a time: what was changed is found by whoever did not ask, too.

import { type Broken, breakAt, breakAtEnd, type Head, headOf, type Mark, rowsAfter } from './audit-check.ts'
import type { Queryable } from './sql.ts'

/** Rows of one look at each of the two places; reading and hashing so many takes some twenty milliseconds. */
const ROWS = 2_000

/** `whole` when this look came to the end of the trail and every row up to there has been good. */
export type Look = { broken: Broken } | { broken: null; whole: boolean; rows: number }

export class AuditSweep {
  #rows: number
  /** Where the walk through the whole trail is; null before the first row. */
  #walk: Mark | null = null
  /** The last row that was ever found good. Who writes the trail anew, head and all, does not know it. */
  #tip: Mark | null = null

  constructor(rows: number = ROWS) {
    this.#rows = rows
  }

  /** Looks at what came since the last look, and at the next piece of what was there. Rejects with StoreError. */
  async look(sql: Queryable): Promise<Look> {
    const head = await headOf(sql)
    const broken = (await this.#follow(sql, head)) ?? null
    return broken ? this.#again(broken) : this.#step(sql, head)
  }

  /** From the tip on; the tip itself must be as it was. */
  async #follow(sql: Queryable, head: Head): Promise<Broken | null> {
    const tip = this.#tip
    if (!tip) return null
    const end = head.seq ?? 0
    if (end < tip.seq) return { seq: end + 1, what: 'cut-off' }
    const [first, ...next] = await rowsAfter(sql, { seq: tip.seq - 1 }, end, this.#rows + 1)
    if (first?.seq !== tip.seq) return { seq: tip.seq, what: 'missing' }
    if (first.hash !== tip.hash) return { seq: tip.seq, what: 'changed' }
    for (const row of next) {
      const broken = breakAt(row, this.#tip)
      if (broken) return broken
      this.#tip = { seq: row.seq, hash: row.hash }
    }
    return null
  }

  async #step(sql: Queryable, head: Head): Promise<Look> {
    const page = await rowsAfter(sql, this.#walk, head.seq ?? 0, this.#rows)
    for (const row of page) {
      const broken = breakAt(row, this.#walk)
      if (broken) return this.#again(broken)
      this.#walk = { seq: row.seq, hash: row.hash }
    }
    const rows = this.#walk?.seq ?? 0
    if (page.length === this.#rows) return { broken: null, whole: false, rows }
    const broken = breakAtEnd(this.#walk, head)
    if (broken) return this.#again(broken)
    if (rows > (this.#tip?.seq ?? 0)) this.#tip = this.#walk
    this.#walk = null
    return { broken: null, whole: true, rows }
  }

  /** The next look begins at the beginning: it says the same until somebody has put it right. */
  #again(broken: Broken): Look {
    this.#walk = null
    return { broken }
  }
}

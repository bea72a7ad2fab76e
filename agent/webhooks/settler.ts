// What ends at the same time is written down in one transaction: a commit waits for the disk, and deliveries are many.

import { setTimeout as sleep } from 'node:timers/promises'
import type { Sql } from '../store/sql.ts'
import { type Claimed, type Ended, settle } from './claim.ts'
import type { Verdict } from './verdict.ts'

/** Of one transaction: others wait for their turn on SQLite meanwhile. */
const BATCH = 32

interface Waiting extends Ended {
  resolve(written: boolean): void
}

export class Settler {
  readonly #sql: Sql
  readonly #againMs: number
  readonly #stop: AbortSignal
  #waiting: Waiting[] = []
  #writing = false

  /**
   * @param againMs between two tries to write the same, in milliseconds
   * @param stop from then on there is one try for each
   */
  constructor(sql: Sql, againMs: number, stop: AbortSignal) {
    this.#sql = sql
    this.#againMs = againMs
    this.#stop = stop
  }

  /** False when it could not be written down while the lane was held: the delivery goes out again. Never rejects. */
  settle(claimed: Claimed, verdict: Verdict): Promise<boolean> {
    return new Promise((resolve) => {
      this.#waiting.push({ claimed, verdict, resolve })
      if (!this.#writing) void this.#write()
    })
  }

  async #write(): Promise<void> {
    this.#writing = true
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, BATCH)
      try {
        const written = await settle(this.#sql, batch, Date.now())
        for (const { claimed, resolve } of batch) resolve(written.has(claimed.id))
      } catch {
        await this.#later(batch)
      }
    }
    this.#writing = false
  }

  /** What the store could not take waits for the next try, unless its lane is somebody else's by then. */
  async #later(batch: readonly Waiting[]): Promise<void> {
    const isLate = ({ claimed }: Waiting) =>
      this.#stop.aborted || Date.now() + this.#againMs > claimed.heldUntil
    const { true: late = [], false: again = [] } = Object.groupBy(batch, (each) => `${isLate(each)}` as const)
    for (const { resolve } of late) resolve(false)
    this.#waiting.unshift(...again)
    if (this.#waiting.length > 0)
      await sleep(this.#againMs, undefined, { signal: this.#stop }).catch(() => {})
  }
}

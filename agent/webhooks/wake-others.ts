// Other processes hear that there is work, but not for each piece of it: they poll too, and a notification costs everybody a commit.

import type { Sql } from '../store/sql.ts'

const CHANNEL = 'webhook'
/** Between two notifications, in milliseconds. */
const EVERY_MS = 500

export class WakeOthers {
  readonly #sql: Sql
  readonly #leave: () => Promise<void>
  #timer: NodeJS.Timeout | null = null
  #again = false
  #closed = false

  private constructor(sql: Sql, leave: () => Promise<void>) {
    this.#sql = sql
    this.#leave = leave
  }

  /** @param heard when another process has told, or may have. Rejects with StoreError. */
  static async open(sql: Sql, heard: () => void): Promise<WakeOthers> {
    return new WakeOthers(sql, await sql.listen(CHANNEL, heard))
  }

  /** At once, and once more at the end of a pause in which it was called again. A file has no other processes. */
  tell(): void {
    if (this.#sql.driver === 'sqlite' || this.#closed) return
    if (this.#timer !== null) {
      this.#again = true
      return
    }
    // A hint: whoever misses it polls.
    void this.#sql.notify(CHANNEL, '').catch(() => {})
    this.#timer = setTimeout(() => {
      this.#timer = null
      const again = this.#again
      this.#again = false
      if (again) this.tell()
    }, EVERY_MS)
    this.#timer.unref()
  }

  async close(): Promise<void> {
    this.#closed = true
    if (this.#timer !== null) clearTimeout(this.#timer)
    await this.#leave().catch(() => {})
  }
}

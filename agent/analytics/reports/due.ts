// A type of report that is due by the clock: looked for in the minutes since the last look, and kept in mind for a day, until somebody has sent it.

import type { Sql } from '../../store/sql.ts'
import type { ReportType } from '../../words.ts'
import { claim, everDue, giveBack, settle } from './claim.ts'
import { lastDue, minuteOf, type Schedule } from './schedule.ts'

const DAY_MS = 24 * 60 * 60_000

/** How sending it ended; `stopped` where it did not because this agent ends. */
export type Ending = 'sent' | 'failed' | 'stopped'

export interface DueParts {
  sql: Sql
  node: string
  type: ReportType
  schedule: Schedule
  /** Never rejects. */
  send(period: number): Promise<Ending>
  /** The store did not answer; said once for each report. */
  storeAway(message: string): void
}

interface Open {
  period: number
  /** It was due before this agent began. */
  missed: boolean
  ended: Ending | null
  told: boolean
}

export class DueReport {
  #parts: DueParts
  #aloneSince: number | undefined
  #looked: number | null = null
  #open: Open | null = null
  #busy = false

  constructor(parts: DueParts) {
    this.#parts = parts
    // The file of SQLite belongs to one process.
    if (parts.sql.driver === 'sqlite') this.#aloneSince = Date.now()
  }

  /**
   * Sends what was due since the last look, or within a day where it is the first, and what another agent took and did not bring to an end.
   * So neither a start in the very minute, nor a process that stood still over it, nor one that died while sending loses a report. Never
   * rejects; while a look is on, another does nothing.
   * @param now milliseconds since the epoch
   */
  async look(now: number): Promise<void> {
    if (this.#busy) return
    this.#busy = true
    try {
      await this.#find(now)
      if (this.#open && (await this.#pursue(this.#open, now))) this.#open = null
    } catch (error) {
      if (this.#open && !this.#open.told && this.#open.ended === null)
        this.#parts.storeAway((error as Error).message)
      if (this.#open) this.#open.told = true
    } finally {
      this.#busy = false
    }
  }

  async #find(now: number): Promise<void> {
    const until = minuteOf(now)
    const after = Math.max(this.#looked ?? 0, until - DAY_MS)
    const period = await lastDue(this.#parts.schedule, { after, until })
    if (period !== null)
      this.#open = { period, missed: this.#looked === null && period < until, ended: null, told: false }
    // A clock that was set back is followed: what is found a second time is over.
    this.#looked = until
  }

  /** Whether there is nothing left to do for it. */
  async #pursue(open: Open, now: number): Promise<boolean> {
    const { sql, node, type, send } = this.#parts
    const { period } = open
    if (now - period >= DAY_MS) return true
    if (open.ended === null) {
      // Whoever configures reports today has missed none yesterday.
      if (open.missed && !(await everDue(sql, type))) return true
      const claimed = await claim(sql, { type, period, node, now, aloneSince: this.#aloneSince })
      if (claimed !== 'mine') return claimed === 'over'
      open.ended = await send(period)
    }
    if (open.ended === 'stopped') await giveBack(sql, { type, period, node })
    else await settle(sql, { type, period, outcome: open.ended, now: Date.now() })
    return true
  }
}

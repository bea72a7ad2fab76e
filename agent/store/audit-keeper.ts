// Keeps looking at the audit trail and says once what is wrong with it, for as long as it stays the same; a trail that cannot be read is wrong, too.

import type { Bus } from '../events.ts'
import { AuditSweep } from './audit-sweep.ts'
import type { Sql } from './sql.ts'

/** How often a piece is looked at, in milliseconds. */
const EVERY_MS = 60_000

/** Begins, soon with a first look; answers the function that ends it. @param rows of a look, where the usual is not meant */
export function keepAudit(sql: Sql, bus: Bus, everyMs = EVERY_MS, rows?: number): () => Promise<void> {
  const sweep = new AuditSweep(rows)
  let said = ''
  let unread = ''
  let startedAt = performance.now()
  let looking: Promise<void> | null = null

  const look = async (): Promise<void> => {
    const found = await sweep.look(sql)
    unread = ''
    bus.emit('audit.looked', {})
    if (found.broken) {
      const { seq, what } = found.broken
      if (said !== `${seq} ${what}`) bus.emit('audit.broken', { seq, what })
      said = `${seq} ${what}`
    } else if (found.whole) {
      said = ''
      bus.emit('audit.proved', { rows: found.rows, ms: Math.round(performance.now() - startedAt) })
    }
    if (found.broken || found.whole) startedAt = performance.now()
  }
  const turn = (): void => {
    // One look at a time. A proof that does not come must not look like one that holds: whoever spoils a row could bring that about.
    looking ??= look()
      .catch((error: Error) => {
        if (error.message !== unread) bus.emit('audit.unread', { detail: error.message })
        unread = error.message
      })
      .finally(() => {
        looking = null
      })
  }
  const timer = setInterval(turn, everyMs)
  timer.unref()
  turn()
  return async () => {
    clearInterval(timer)
    await looking
  }
}

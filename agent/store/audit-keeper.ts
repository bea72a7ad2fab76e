// Keeps looking at the audit trail and says once what is wrong with it, for as long as it stays the same.

import type { Bus } from '../events.ts'
import { AuditSweep } from './audit-sweep.ts'
import type { Sql } from './sql.ts'

/** How often a piece is looked at, in milliseconds. */
const EVERY_MS = 60_000

/** Begins, soon with a first look; answers the function that ends it. @param rows of a look, where the usual is not meant */
export function keepAudit(sql: Sql, bus: Bus, everyMs = EVERY_MS, rows?: number): () => Promise<void> {
  const sweep = new AuditSweep(rows)
  let said = ''
  let startedAt = performance.now()
  let looking: Promise<void> | null = null

  const look = async (): Promise<void> => {
    const found = await sweep.look(sql)
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
    // The store has said itself why it could not be asked; one look at a time.
    looking ??= look()
      .catch(() => {})
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

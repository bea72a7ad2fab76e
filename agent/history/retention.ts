// What is older than the retention goes, in small batches, so that nobody waits for a long delete.

import { setImmediate as turn } from 'node:timers/promises'
import { schedule } from 'node-cron'
import type { Bus } from '../events.ts'
import type { Sql } from '../store/sql.ts'

/** Rows of one delete: about a millisecond on SQLite, during which other writers wait. */
const BATCH = 500
/** Every hour, at a minute at which few other things are planned. */
const WHEN = '17 * * * *'

/**
 * Deletes events from before `before` (milliseconds since the epoch), until there are none or the signal says stop. Rejects with StoreError.
 * @returns how many there were
 */
export async function prune(sql: Sql, before: number, stop?: AbortSignal): Promise<number> {
  let pruned = 0
  while (!stop?.aborted) {
    const gone = await sql.query(
      `DELETE FROM event WHERE id IN (SELECT id FROM event WHERE at < $1 ORDER BY at LIMIT ${BATCH}) RETURNING id`,
      [before],
    )
    pruned += gone.length
    if (gone.length < BATCH) return pruned
    await turn()
  }
  return pruned
}

/** Prunes now and every hour; answers the function that stops it. A failure is the store's event, and the next hour tries again. */
export function keepFor(retentionMs: number, sql: Sql, bus: Bus): () => Promise<void> {
  const stopping = new AbortController()
  const run = async (): Promise<void> => {
    try {
      const rows = await prune(sql, Date.now() - retentionMs, stopping.signal)
      if (rows > 0) bus.emit('history.pruned', { driver: 'embedded', rows })
    } catch {
      // said by the store
    }
  }
  const first = run()
  const task = schedule(WHEN, run, { noOverlap: true, name: 'retention' })
  return async () => {
    stopping.abort()
    await task.destroy()
    await first
  }
}

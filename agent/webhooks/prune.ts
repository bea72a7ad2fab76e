// What is over is kept for a time and then deleted, and never more dead letters than a webhook may have.

import { setImmediate as turn } from 'node:timers/promises'
import type { Sql, Value } from '../store/sql.ts'

const DAY_MS = 24 * 3_600_000
/** Long enough to look up what was sent yesterday; their payloads are gone already. */
export const KEEP_DELIVERED_MS = DAY_MS
/** Long enough for a receiver that broke on a Friday night. */
export const KEEP_DEAD_MS = 7 * DAY_MS
/** Rows of one delete: about a millisecond on SQLite, during which other writers wait. */
const BATCH = 500

/** Deletes what ended too long ago, until there is nothing more or the signal says stop. Rejects with StoreError. */
export async function prune(sql: Sql, now: number, stop: AbortSignal): Promise<void> {
  for (const [state, keepMs] of [
    ['delivered', KEEP_DELIVERED_MS],
    ['dead', KEEP_DEAD_MS],
  ] as const)
    await deleteAll(
      sql,
      'state = $1 AND ended_at IS NOT NULL AND ended_at < $2 ORDER BY ended_at',
      [state, now - keepMs],
      Number.MAX_SAFE_INTEGER,
      stop,
    )
}

/** Deletes so many dead letters of a webhook, the oldest first; answers how many there were. Rejects with StoreError. */
export function dropOldestDead(sql: Sql, webhook: string, count: number, stop: AbortSignal): Promise<number> {
  return deleteAll(sql, "webhook = $1 AND state = 'dead' ORDER BY id", [webhook], count, stop)
}

async function deleteAll(
  sql: Sql,
  which: string,
  values: readonly Value[],
  most: number,
  stop: AbortSignal,
): Promise<number> {
  let deleted = 0
  while (!stop.aborted && deleted < most) {
    const batch = Math.min(BATCH, most - deleted)
    const gone = await sql.query(
      `DELETE FROM webhook_delivery WHERE open = 0 AND id IN (
         SELECT id FROM webhook_delivery WHERE ${which} LIMIT $${values.length + 1}) RETURNING id`,
      [...values, batch],
    )
    deleted += gone.length
    if (gone.length < batch) break
    await turn()
  }
  return deleted
}

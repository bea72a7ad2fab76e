// Lanes that wait after failures are tried at once when there is reason to believe that their webhook works again.

import { setImmediate as turn } from 'node:timers/promises'
import { type Author, append } from '../store/audit.ts'
import type { Sql } from '../store/sql.ts'

/** Rows of one transaction: some milliseconds on SQLite, during which other writers wait. */
const BATCH = 250

/**
 * Ends the pauses of all lanes of a webhook; answers how many there were. Rejects with StoreError.
 * @param author whose wish it is, for the audit trail; null where nobody asked
 * @param now milliseconds since the epoch
 */
export async function hurry(sql: Sql, webhook: string, author: Author | null, now: number): Promise<number> {
  let hurried = 0
  // Each lane once, in order: what fails again meanwhile has had its attempt.
  for (let after = ''; ; ) {
    const lanes = await sql.query<{ lane: string }>(
      `SELECT lane FROM webhook_lane WHERE webhook = $1 AND lane > $2 AND next_at > $3 ORDER BY lane LIMIT ${BATCH}`,
      [webhook, after, now],
    )
    const last = lanes.at(-1)
    if (last === undefined) return hurried
    hurried += await sql.transaction(async (tx) => {
      const rows = await tx.query(
        `UPDATE webhook_lane SET next_at = $2 WHERE webhook = $1 AND next_at > $2
           AND lane IN (${lanes.map((_, i) => `$${i + 3}`)}) RETURNING lane`,
        [webhook, now, ...lanes.map(({ lane }) => lane)],
      )
      if (rows.length > 0 && author !== null) {
        const entry = { ...author, what: 'webhook.hurry', pool: null, account: null, outcome: 'done' }
        await append(tx, { ...entry, data: { webhook, lanes: rows.length } }, now)
      }
      return rows.length
    })
    after = last.lane
    await turn()
  }
}

// Times that lie ahead of a clock that was set back: nothing waits for an hour that was over already.

import type { Queryable } from '../../../agent/store/sql.ts'
import type { Retries } from '../config/schema.ts'
import { BUDGET_MS } from '../decide/budget.ts'
import { MOST_DOUBLINGS } from '../decide/course.ts'
import type { HoldReason } from '../words.ts'

/** How long a delivery may wait, in milliseconds, by what it waits for; `turn` is another try. */
export type LongestWaits = Readonly<Record<HoldReason | 'turn', number>>

export const atOnce: LongestWaits = { turn: 0, out: 0, budget: 0, 'quiet-hours': 0 }

/** No wait that was reckoned rightly is longer. */
export function longestWaits({ apartMs, longestMs, againMs }: Retries): LongestWaits {
  return {
    turn: Math.max(apartMs, longestMs),
    out: againMs * 2 ** MOST_DOUBLINGS,
    budget: BUDGET_MS,
    'quiet-hours': 25 * 3_600_000,
  }
}

/** What would wait longer is due now, and what was done in the future was done now. Rejects with StoreError. */
export async function tame(tx: Queryable, longest: LongestWaits, now: number): Promise<void> {
  for (const [why, ms] of Object.entries(longest))
    await tx.query(
      "UPDATE delivery SET next_at = $3 WHERE state IN ('queued', 'held') AND COALESCE(why, 'turn') = $1 AND next_at > $2",
      [why, now + ms, now],
    )
  await tx.query('UPDATE attempt SET started_at = $1 WHERE started_at > $1', [now])
  for (const column of ['created_at', 'ended_at'])
    await tx.query(
      `UPDATE delivery SET ${column} = $1 WHERE ${column} > $1 AND page IN (SELECT id FROM page WHERE state = 'open')`,
      [now],
    )
  await tx.query("UPDATE page SET heard_at = $1 WHERE heard_at > $1 AND state = 'open'", [now])
  await tx.query('UPDATE page_group SET heard_at = $1 WHERE heard_at > $1', [now])
}

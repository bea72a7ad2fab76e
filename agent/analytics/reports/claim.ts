// Who sends a report that is due: one row for each type, taken by an update, so that of several agents on one store one sends it, once.

import type { Queryable, Row } from '../../store/sql.ts'
import type { ReportType } from '../../words.ts'

/** An agent that has taken a report and not said how it ended for so long is gone, in milliseconds: longer than all attempts together. */
const GONE_MS = 30 * 60_000

/** A report that is `held` is another agent's as long as that lives; one that is `over` was sent, or has failed, or a later one was due. */
export type Claimed = 'mine' | 'held' | 'over'

export interface Claim {
  type: ReportType
  /** When it was due, in milliseconds since the epoch, like `now`. */
  period: number
  node: string
  now: number
  /** Since when no other process can have the store: who took a report before that is gone. */
  aloneSince?: number | undefined
}

/** Takes a report that is due. One that was taken by an agent which died over it, or was given back, may be taken again. Rejects with StoreError. */
export async function claim(
  sql: Queryable,
  { type, period, node, now, aloneSince = -Infinity }: Claim,
): Promise<Claimed> {
  const taken = await sql.query(
    `INSERT INTO report_run (type, period, node, state, at) VALUES ($1, $2, $3, 'taken', $4)
     ON CONFLICT (type) DO UPDATE SET period = excluded.period, node = excluded.node, state = excluded.state, at = excluded.at
     WHERE report_run.period < excluded.period
       OR (report_run.period = excluded.period AND report_run.state = 'taken' AND report_run.at < $5)
     RETURNING type`,
    [type, period, node, now, Math.max(now - GONE_MS, aloneSince)],
  )
  if (taken.length > 0) return 'mine'
  const held = await sql.query<Row>(
    `SELECT type FROM report_run WHERE type = $1 AND period = $2 AND state = 'taken'`,
    [type, period],
  )
  return held.length > 0 ? 'held' : 'over'
}

/** Says how it ended; a failure is final too, until somebody asks. Rejects with StoreError. */
export async function settle(
  sql: Queryable,
  {
    type,
    period,
    outcome,
    now,
  }: { type: ReportType; period: number; outcome: 'sent' | 'failed'; now: number },
): Promise<void> {
  await sql.query('UPDATE report_run SET state = $3, at = $4 WHERE type = $1 AND period = $2', [
    type,
    period,
    outcome,
    now,
  ])
}

/** Whoever asks next has it: this agent stops before it has sent it. Rejects with StoreError. */
export async function giveBack(
  sql: Queryable,
  { type, period, node }: { type: ReportType; period: number; node: string },
): Promise<void> {
  await sql.query(
    `UPDATE report_run SET at = 0 WHERE type = $1 AND period = $2 AND node = $3 AND state = 'taken'`,
    [type, period, node],
  )
}

/** Whether any report of the type was ever due: an agent that is new has missed none. */
export async function everDue(sql: Queryable, type: ReportType): Promise<boolean> {
  return (await sql.query('SELECT type FROM report_run WHERE type = $1', [type])).length > 0
}

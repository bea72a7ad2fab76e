// What time alone changes: scheduled messages become due, others expire or are held for a person, and old ones go.

import type { Queryable } from '../store/sql.ts'
import type { MessageState } from '../words.ts'
import type { MessageRow } from './row.ts'
import { ended, stepLine, stepped } from './steps.ts'

/** Open messages of one kind; times are milliseconds since the epoch. */
export interface Live {
  pool: string
  state: MessageState
  account: string | null
  count: number
  nextAt: number | null
  expiresAt: number
  acceptedAt: number
}

/** Rows of one step; whoever gets as many asks again. */
export const STEP = 200
/** Nobody answers for a message any more that stands as claimed so long after its time, in milliseconds: its account is served nowhere. */
export const STRANDED_MS = 10 * 60_000

/** All that is open, counted: read from an index alone. */
export async function survey(sql: Queryable): Promise<Live[]> {
  const rows = await sql.query<{
    pool: string
    state: MessageState
    account: string | null
    n: number
    next_at: number | null
    expires_at: number
    accepted_at: number
  }>(
    `SELECT pool, state, account, count(*) AS n, min(next_at) AS next_at, min(expires_at) AS expires_at,
       min(accepted_at) AS accepted_at FROM message WHERE open = 1 GROUP BY pool, state, account`,
  )
  return rows.map(({ n, next_at, expires_at, accepted_at, ...rest }) => ({
    ...rest,
    count: Number(n),
    nextAt: next_at,
    expiresAt: expires_at,
    acceptedAt: accepted_at,
  }))
}

/** Scheduled messages whose time has come stand in line, or are parked where they have no account. */
export async function release(sql: Queryable, now: number): Promise<MessageRow[]> {
  const line = (state: MessageState): string => stepLine({ at: now, state, code: 'due' })
  return sql.query<MessageRow>(
    `UPDATE message SET state = CASE WHEN account IS NULL THEN 'parked' ELSE 'queued' END,
       ${stepped('CASE WHEN account IS NULL THEN $2 ELSE $3 END')}
     WHERE id IN (SELECT id FROM message WHERE open = 1 AND state = 'scheduled' AND next_at <= $1 LIMIT ${STEP})
       AND open = 1 AND state = 'scheduled' RETURNING *`,
    [now, line('parked'), line('queued')],
  )
}

/**
 * What nobody has sent in time ends; what somebody may have sent ends as unknown. What is on its way is its sender's to end, while there is
 * one.
 */
export async function expire(tx: Queryable, now: number): Promise<MessageRow[]> {
  const line = (state: MessageState): string => stepLine({ at: now, state, code: 'expired' })
  const waits = "state IN ('scheduled', 'queued', 'parked', 'unknown')"
  const surely = `(maybe_sent_by IS NULL AND ${waits})`
  return tx.query<MessageRow>(
    `UPDATE message SET open = 0, ended_at = $1, code = 'expired', state = CASE WHEN ${surely} THEN 'expired' ELSE 'unknown' END,
       ${ended(`CASE WHEN ${surely} THEN $3 ELSE $4 END`)}
     WHERE id IN (
         SELECT id FROM message WHERE open = 1 AND expires_at <= $1 AND (${waits} OR expires_at <= $2) LIMIT ${STEP})
       AND open = 1 AND (${waits} OR expires_at <= $2) RETURNING *`,
    [now, now - STRANDED_MS, line('expired'), line('unknown')],
  )
}

/** What another account may have sent, and what is not to be sent twice, is left to a person when its time of grace is over. */
export async function hold(tx: Queryable, now: number): Promise<MessageRow[]> {
  const held =
    "open = 1 AND state = 'unknown' AND next_at <= $1 AND maybe_sent_by <> account AND possible_duplicate = 0"
  return tx.query<MessageRow>(
    `UPDATE message SET open = 0, ended_at = $1, code = 'held', ${ended('$2')}
     WHERE id IN (SELECT id FROM message WHERE ${held} LIMIT ${STEP}) AND ${held} RETURNING *`,
    [now, stepLine({ at: now, state: 'unknown', code: 'held' })],
  )
}

/** Forgets messages that ended before `before`; answers how many. @param limit of one call */
export async function prune(sql: Queryable, before: number, limit: number): Promise<number> {
  const gone = await sql.query(
    `DELETE FROM message WHERE id IN (SELECT id FROM message WHERE ended_at < $1 LIMIT ${limit}) AND open = 0 RETURNING id`,
    [before],
  )
  return gone.length
}

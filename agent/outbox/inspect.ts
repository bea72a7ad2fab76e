// Reading the outbox, and what a person may do to a message: take it back before it is sent, or have it tried again.

import { type Author, append } from '../store/audit.ts'
import type { Queryable, Sql, Value } from '../store/sql.ts'
import { type Also, whereOf } from '../store/where.ts'
import type { MessageState } from '../words.ts'
import type { MessageRow } from './row.ts'
import { ended, stepLine } from './steps.ts'

export interface ListQuery {
  pool?: string | undefined
  account?: string | undefined
  state?: MessageState | undefined
  open?: boolean | undefined
  /** Only what was accepted before the message of this id. */
  before?: string | undefined
  /** A condition beside those. */
  also?: Also
  /** Where the list goes on, in its order. */
  after?: string | undefined
  oldestFirst?: boolean
  /** From 1. */
  limit: number
}

/** The newest first, unless it is asked for the other way round. Rejects with StoreError. */
export async function list(sql: Queryable, query: ListQuery): Promise<MessageRow[]> {
  const values: Value[] = [query.limit]
  const open = query.open === undefined ? undefined : query.open ? 1 : 0
  const where = whereOf(
    [
      ['pool =', query.pool],
      ['account =', query.account],
      ['state =', query.state],
      ['open =', open],
      ['id <', query.before],
      [query.oldestFirst ? 'id >' : 'id <', query.after],
    ],
    values,
    query.also,
  )
  const way = query.oldestFirst ? 'ASC' : 'DESC'
  return sql.query<MessageRow>(`SELECT * FROM message ${where} ORDER BY id ${way} LIMIT $1`, values)
}

/** By its id, or by the id under which WhatsApp knows it. Rejects with StoreError. */
export async function find(sql: Queryable, id: string): Promise<MessageRow | null> {
  const [row] = await sql.query<MessageRow>('SELECT * FROM message WHERE id = $1 OR wa_id = $1', [id])
  return row ?? null
}

/** Takes a message back that is not being sent; answers no row where that is too late, or where it is unknown. */
export async function cancel(tx: Queryable, id: string, author: Author, now: number): Promise<MessageRow[]> {
  const line = (state: MessageState): string => stepLine({ at: now, state, code: 'cancelled' })
  const rows = await tx.query<MessageRow>(
    `UPDATE message SET state = CASE WHEN maybe_sent_by IS NULL THEN 'failed' ELSE 'unknown' END, open = 0, ended_at = $2,
       code = 'cancelled', ${ended('CASE WHEN maybe_sent_by IS NULL THEN $3 ELSE $4 END')}
     WHERE id = $1 AND open = 1 AND state IN ('scheduled', 'queued', 'parked', 'unknown') RETURNING *`,
    [id, now, line('failed'), line('unknown')],
  )
  return recorded(tx, rows, author, 'message.cancel', now)
}

/**
 * Tries a message again that had come to its end unsent. Null where it has not. Where another account may have sent it, the person who
 * asks has decided: it is marked as a possible duplicate and held no more.
 */
export function resend(
  sql: Sql,
  id: string,
  author: Author,
  expiresAt: number,
  now: number,
): Promise<MessageRow | null> {
  const line = (state: MessageState): string => stepLine({ at: now, state, code: 'resent' })
  const choose = (parked: string, queued: string, unknown: string): string =>
    `CASE WHEN account IS NULL THEN ${parked} WHEN maybe_sent_by IS NULL THEN ${queued} ELSE ${unknown} END`
  return sql.transaction(async (tx) => {
    const rows = await tx.query<MessageRow>(
      `UPDATE message SET open = 1, ended_at = NULL, code = NULL, attempts = 0, errors = 0, next_at = $2, expires_at = $3,
         refused_by = '', state = ${choose("'parked'", "'queued'", "'unknown'")},
         possible_duplicate = CASE WHEN maybe_sent_by IS NOT NULL AND (account IS NULL OR maybe_sent_by <> account) THEN 1
                                   ELSE possible_duplicate END,
         ${ended(choose('$4', '$5', '$6'))}
       WHERE id = $1 AND open = 0 AND state IN ('failed', 'expired', 'unknown') RETURNING *`,
      [id, now, expiresAt, line('parked'), line('queued'), line('unknown')],
    )
    const [row] = await recorded(tx, rows, author, 'message.resend', now)
    return row ?? null
  })
}

async function recorded(
  tx: Queryable,
  rows: MessageRow[],
  author: Author,
  what: string,
  now: number,
): Promise<MessageRow[]> {
  for (const { id, pool, account } of rows)
    await append(tx, { ...author, what, pool, account, outcome: 'done', data: { message: id } }, now)
  return rows
}

// Reading the outbox, and what a person may do to a message: take it back before it is sent, or have it tried again.

import { giving } from '../routing/taken-out.ts'
import { type Author, append } from '../store/audit.ts'
import type { Queryable, Value } from '../store/sql.ts'
import { type Also, whereOf } from '../store/where.ts'
import { type MessageState, takenBack } from '../words.ts'
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

/** By its id, or by the id under which WhatsApp knows it. */
const called = '(id = $1 OR wa_id = $1)'

/** By either id. Rejects with StoreError. */
export async function find(sql: Queryable, id: string): Promise<MessageRow | null> {
  const [row] = await sql.query<MessageRow>(`SELECT * FROM message WHERE ${called}`, [id])
  return row ?? null
}

/** Takes a message back that is not being sent; answers no row where that is too late, or where it is unknown. */
export async function cancel(tx: Queryable, id: string, author: Author, now: number): Promise<MessageRow[]> {
  const line = (state: MessageState): string => stepLine({ at: now, state, code: takenBack })
  const rows = await tx.query<MessageRow>(
    `UPDATE message SET state = CASE WHEN maybe_sent_by IS NULL THEN 'failed' ELSE 'unknown' END, open = 0, ended_at = $2,
       code = '${takenBack}', ${ended('CASE WHEN maybe_sent_by IS NULL THEN $3 ELSE $4 END')}
     WHERE ${called} AND open = 1 AND state IN ('scheduled', 'queued', 'parked', 'unknown') RETURNING *`,
    [id, now, line('failed'), line('unknown')],
  )
  return recorded(tx, rows, author, 'message.cancel', now)
}

/** Its account sends nothing, by somebody's decision, and nobody named it: another one is looked for, as for a new message. */
const left = `bound = 0 AND (
  EXISTS (SELECT 1 FROM account_mode a WHERE a.account = message.account AND a.mode IN ('out', 'maintenance'))
  OR EXISTS (SELECT 1 FROM account l WHERE l.id = message.account AND l.retired = 1))`

/**
 * Tries a message again that had come to its end unsent, as soon as it can be sent; no row where it has not. Where another account may
 * have sent it, the person who asks has decided: it is marked as a possible duplicate and held no more.
 */
export async function resend(
  tx: Queryable,
  id: string,
  author: Author,
  expiresAt: number,
  now: number,
): Promise<MessageRow[]> {
  // It goes back to the account that it had: nobody takes that one out meanwhile.
  await giving(tx)
  const line = (state: MessageState): string => stepLine({ at: now, state, code: 'resent' })
  const homeless = `(account IS NULL OR (${left}))`
  const choose = (parked: string, queued: string, unknown: string): string =>
    `CASE WHEN ${homeless} THEN ${parked} WHEN maybe_sent_by IS NULL THEN ${queued} ELSE ${unknown} END`
  const rows = await tx.query<MessageRow>(
    `UPDATE message SET open = 1, ended_at = NULL, code = NULL, attempts = 0, errors = 0, next_at = $2, expires_at = $3,
       refused_by = '', account = CASE WHEN ${homeless} THEN NULL ELSE account END,
       state = ${choose("'parked'", "'queued'", "'unknown'")},
       possible_duplicate = CASE WHEN maybe_sent_by IS NOT NULL AND (${homeless} OR maybe_sent_by <> account) THEN 1
                                 ELSE possible_duplicate END,
       ${ended(choose('$4', '$5', '$6'))}
     WHERE ${called} AND open = 0 AND state IN ('failed', 'expired', 'unknown') RETURNING *`,
    [id, now, expiresAt, line('parked'), line('queued'), line('unknown')],
  )
  return recorded(tx, rows, author, 'message.resend', now)
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

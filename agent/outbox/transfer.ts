// Giving the work of one account to another: messages, conversations and schedules in the caller's one transaction, or back again.

import type { Queryable } from '../store/sql.ts'
import { stepLine, stepped } from './steps.ts'

export interface Transfer {
  /** Of the failover. */
  id: string
  /** Only what belongs to it: what the account has from another pool is nothing to the accounts of this one. */
  pool: string
  from: string
  /** Null parks everything: there is nobody. */
  to: string | null
  /** How long an acknowledgement is waited for of what `from` may have sent, in milliseconds. */
  graceMs: number
  now: number
}

export interface Transferred {
  messages: number
  conversations: number
  /** Messages that the first account may have sent. */
  unsure: number
}

/**
 * Moves what is open and not bound to its account. What was being sent, or was tried without an answer, waits for its time of grace as
 * unknown: whoever sends it then marks it as a possible duplicate. With `onlyMoved` only what this very failover had moved.
 */
export async function transfer(
  tx: Queryable,
  { id, pool, from, to, graceMs, now }: Transfer,
  onlyMoved = false,
): Promise<Transferred> {
  const mine = onlyMoved ? 'AND moved_by = $3' : ''
  const line = stepLine({ at: now, state: to === null ? 'parked' : 'queued', account: to, code: 'failover' })
  const values = [from, to, id, now, now + graceMs, line, pool]
  const rows = await tx.query<{ state: string; maybe_sent_by: string | null }>(
    `UPDATE message SET
       moved_by = $3,
       account = CASE WHEN ${refused} THEN NULL ELSE CAST($2 AS TEXT) END,
       state = CASE WHEN state = 'scheduled' THEN state WHEN CAST($2 AS TEXT) IS NULL OR ${refused} THEN 'parked'
         WHEN state IN ('claimed', 'sent') OR maybe_sent_by IS NOT NULL THEN 'unknown' ELSE 'queued' END,
       maybe_sent_by = CASE WHEN state IN ('claimed', 'sent') THEN account ELSE maybe_sent_by END,
       next_at = CASE WHEN state = 'scheduled' THEN next_at
         WHEN state IN ('claimed', 'sent') OR maybe_sent_by IS NOT NULL THEN $5 ELSE $4 END,
       ${stepped('$6')}
     WHERE account = $1 AND pool = $7 AND bound = 0 AND open = 1 ${mine} RETURNING state, maybe_sent_by`,
    values,
  )
  const conversations = await tx.query(
    `UPDATE conversation SET account = CAST($2 AS TEXT), moved_by = $3, changed_at = $4 WHERE account = $1 AND pool = $5 ${mine} RETURNING id`,
    [from, to, id, now, pool],
  )
  const unsure = rows.filter(({ maybe_sent_by }) => maybe_sent_by !== null).length
  return { messages: rows.length, conversations: conversations.length, unsure }
}

/** The new account has refused it before. */
const refused = "(' ' || refused_by || ' ') LIKE ('% ' || CAST($2 AS TEXT) || ' %')"

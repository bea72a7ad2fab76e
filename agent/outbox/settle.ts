// What became of a message is written once, in the order in which it happened; a fact from the server is never undone by a guess.

import type { Queryable } from '../store/sql.ts'
import type { MessageState } from '../words.ts'
import { type Refused, refused } from './refused.ts'
import type { MessageRow } from './row.ts'
import { ended, readSteps, stepLine, stepped } from './steps.ts'

/** The server has it: whoever sent it, and whatever was believed meanwhile. */
export interface Arrived {
  kind: 'arrived'
  waId: string
  account: string
  state: 'acked' | 'delivered' | 'read'
  at: number
}

/** Which attempt something is said of: said late, it must not be taken for a word on the next one. */
export interface OfAttempt {
  id: string
  account: string
  epoch: number
  /** Its number, from 1. */
  attempts: number
}

/** It was written to the socket; a mark for people, and nothing hangs on it. */
export interface Written extends OfAttempt {
  kind: 'written'
  at: number
}

/** What its sender decided after an attempt; it counts only while the account and the claim are still the sender's. */
export interface Decided extends OfAttempt {
  kind: 'decided'
  state: MessageState
  /** Something will still be done with it, at `nextAt`. */
  open: boolean
  nextAt: number | null
  code: string | null
  maybeSent: boolean
  /** This account must not try it again: another one is looked for. */
  moves: boolean
  /** It counts as one of the errors that a message may have. */
  error: boolean
  at: number
}

export type Change = Arrived | Written | Decided | Refused

/** States that the server's word replaces, by what it says. */
const before: Record<Arrived['state'], string> = {
  acked: "state NOT IN ('acked', 'delivered', 'read')",
  delivered: "state NOT IN ('delivered', 'read')",
  read: "state <> 'read'",
}

const claimed = `id = $1 AND account = $2 AND epoch = $3 AND attempts = $4 AND open = 1`

/** Inside a transaction; may run again. Answers the rows as they are now, in the order of `changes`; null where nothing changed. */
export async function applyAll(tx: Queryable, changes: readonly Change[]): Promise<(MessageRow | null)[]> {
  const answers: (MessageRow | null)[] = []
  for (const change of changes) answers.push(await apply(tx, change))
  return answers
}

async function apply(tx: Queryable, change: Change): Promise<MessageRow | null> {
  if (change.kind === 'arrived') return arrived(tx, change)
  if (change.kind === 'decided') return decided(tx, change)
  if (change.kind === 'refused') return refused(tx, change)
  const { id, account, epoch, attempts, at } = change
  const [row] = await tx.query<MessageRow>(
    `UPDATE message SET state = 'sent', ${stepped('$5')} WHERE ${claimed} AND state = 'claimed' RETURNING *`,
    [id, account, epoch, attempts, stepLine({ at, state: 'sent', account })],
  )
  return row ?? null
}

/** Whoever it was moved to meanwhile, it was sent by the account that hears of it. */
async function arrived(tx: Queryable, { waId, account, state, at }: Arrived): Promise<MessageRow | null> {
  const [row] = await tx.query<MessageRow>(
    `UPDATE message SET state = $2, open = 0, acked_at = COALESCE(acked_at, $3), ended_at = COALESCE(ended_at, $3), code = NULL,
       account = CASE WHEN acked_at IS NULL AND $5 <> '' THEN $5 ELSE account END, ${ended('$4')}
     WHERE wa_id = $1 AND ${before[state]} RETURNING *`,
    [waId, state, at, stepLine({ at, state, account }), account],
  )
  return row ?? null
}

/** An end after an attempt that nobody knows the outcome of is no failure: the message may have arrived. */
async function decided(tx: Queryable, change: Decided): Promise<MessageRow | null> {
  const { id, account, epoch, attempts, state, open, nextAt, code, maybeSent, moves, error, at } = change
  const line = (as: MessageState): string => stepLine({ at, state: as, account, code })
  const unsure = open ? '1 = 0' : 'maybe_sent_by IS NOT NULL'
  const step = `CASE WHEN ${unsure} THEN $13 ELSE $12 END`
  const [row] = await tx.query<MessageRow>(
    `UPDATE message SET state = CASE WHEN ${unsure} THEN 'unknown' ELSE $5 END, open = $6, next_at = $7, code = $8, ended_at = $9,
       maybe_sent_by = CASE WHEN $10 = 1 THEN account ELSE maybe_sent_by END,
       refused_by = CASE WHEN $11 = 1 THEN trim(refused_by || ' ' || account) ELSE refused_by END,
       account = CASE WHEN $11 = 1 THEN NULL ELSE account END, errors = errors + $14,
       ${open ? stepped(step) : ended(step)}
     WHERE ${claimed} AND state IN ('claimed', 'sent')
       AND EXISTS (SELECT 1 FROM ownership o WHERE o.account = $2 AND o.epoch = $3) RETURNING *`,
    [
      id,
      account,
      epoch,
      attempts,
      state,
      open ? 1 : 0,
      nextAt,
      code,
      open ? null : at,
      maybeSent ? 1 : 0,
      moves ? 1 : 0,
      line(state),
      line('unknown'),
      error ? 1 : 0,
    ],
  )
  return row ?? null
}

/**
 * Whether it was this change that ended the message, of which `row` is the answer. What arrives says so again as delivered and as read, and
 * all of that may fall into one millisecond.
 */
export function endedBy(row: MessageRow, { at }: Change): boolean {
  if (row.open === 1 || row.ended_at !== at) return false
  return !readSteps(row.steps)
    .slice(0, -1)
    .some((step) => step.at === at && step.state in before)
}

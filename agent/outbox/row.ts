// A message as it stands in the store, and as others may see it: without its text and without the number that it goes to.

import { iso } from '../iso.ts'
import type { Row } from '../store/sql.ts'
import type { MessageState } from '../words.ts'
import { readSteps, type Step } from './steps.ts'

/** Times are milliseconds since the epoch; truth values are 1 and 0. */
export interface MessageRow extends Row {
  id: string
  wa_id: string
  caller: string
  body_hash: string
  pool: string
  account: string | null
  bound: number
  /** Asked for by the caller. */
  region: string | null
  conversation: string
  seq: number
  state: MessageState
  open: number
  attempts: number
  /** How many attempts ended in an error: one that failed for certain and not for want of a session. */
  errors: number
  next_at: number | null
  expires_at: number
  epoch: number | null
  accepted_at: number
  acked_at: number | null
  ended_at: number | null
  code: string | null
  /** Who tried it without an answer. */
  maybe_sent_by: string | null
  /** Accounts that must not try it again, separated by blanks. */
  refused_by: string
  /** The last failover that gave it to its account. */
  moved_by: string | null
  possible_duplicate: number
  trace: string | null
  payload: Uint8Array
  steps: string
}

export interface MessageView {
  id: string
  /** Under which WhatsApp knows it. */
  messageId: string
  pool: string
  /** Who sends it, or sent it; null while nobody of the pool may. */
  account: string | null
  state: MessageState
  /** It is not finished: something will still be done with it. */
  open: boolean
  attempts: number
  code: string | null
  /** It was given to a second account although the first may have sent it. */
  possibleDuplicate: boolean
  acceptedAt: string
  nextAt: string | null
  expiresAt: string
  ackedAt: string | null
  steps: { at: string; state: MessageState; account?: string | null; code?: string | null }[]
}

export function viewOf(row: MessageRow): MessageView {
  return {
    id: row.id,
    messageId: row.wa_id,
    pool: row.pool,
    account: row.account,
    state: row.state,
    open: row.open === 1,
    attempts: row.attempts,
    code: row.code,
    possibleDuplicate: row.possible_duplicate === 1,
    acceptedAt: iso(row.accepted_at),
    nextAt: row.open === 1 ? iso(row.next_at) : null,
    expiresAt: iso(row.expires_at),
    ackedAt: iso(row.acked_at),
    steps: readSteps(row.steps).map((step: Step) => ({ ...step, at: iso(step.at) })),
  }
}

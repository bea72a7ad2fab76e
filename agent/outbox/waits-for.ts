// What an open message waits for at this moment, of all that could be said the one thing that somebody can do something about.

import { iso } from '../iso.ts'
import type { Queryable } from '../store/sql.ts'
import type { Held } from './limits.ts'
import type { MessageRow } from './row.ts'

export const waits = [
  'time',
  'acknowledgement',
  'pool',
  'account',
  'limit',
  'grace',
  'retry',
  'message',
  'turn',
] as const

export interface WaitsFor {
  what: (typeof waits)[number]
  /** One sentence for people. */
  detail: string
  /** At the latest, where that is known. */
  until: string | null
  /** The message that stands before it. */
  message: string | null
}

type Waiting = Pick<MessageRow, 'open' | 'state' | 'pool' | 'account' | 'next_at' | 'maybe_sent_by'>

export interface Around {
  /** Milliseconds since the epoch. */
  now: number
  /** Why its account sends nothing, in a few words; null where it can. */
  trouble: string | null
  held: Held | null
  /** The id of the message that has to be done before it. */
  inFront: string | null
}

/** Null for one that has come to its end. */
export function waitsFor(row: Waiting, { now, trouble, held, inFront }: Around): WaitsFor | null {
  if (row.open === 0) return null
  const { state, account, pool, next_at: nextAt } = row
  const till = nextAt !== null && nextAt > now ? iso(nextAt) : null
  const say = (what: WaitsFor['what'], detail: string, until: string | null = null): WaitsFor => ({
    what,
    detail,
    until,
    message: what === 'message' ? inFront : null,
  })
  if (state === 'scheduled') return say('time', 'it is not to be sent before its time', till)
  if (state === 'claimed' || state === 'sent') return say('acknowledgement', `${account} is sending it`)
  if (state === 'parked' || account === null)
    return say('pool', `no account of ${pool} may send it; linda routing ${pool} says why`)
  if (trouble !== null) return say('account', `${account}: ${trouble}`)
  if (held)
    return say('limit', `${account} has used outbox.${held.limit.replaceAll('-', '_')}`, iso(held.until))
  if (till !== null && state === 'unknown' && row.maybe_sent_by !== account)
    return say('grace', `an acknowledgement of ${row.maybe_sent_by}, which may have sent it`, till)
  if (till !== null) return say('retry', 'its next attempt', till)
  if (inFront !== null) return say('message', `${inFront} of the same conversation is not done`)
  return say('turn', `${account} takes it as soon as it has room`)
}

/** The message that has to be done before one of its conversation may be sent; null where there is none. Rejects with StoreError. */
export async function inFrontOf(
  sql: Queryable,
  { id, conversation, seq, account }: Pick<MessageRow, 'id' | 'conversation' | 'seq' | 'account'>,
): Promise<string | null> {
  const [row] = await sql.query<{ id: string }>(
    `SELECT id FROM message
     WHERE conversation = $1 AND open = 1 AND id <> $2 AND (bound = 0 OR account = $3)
       AND (state IN ('claimed', 'sent') OR (seq < $4 AND state <> 'scheduled'))
     ORDER BY seq LIMIT 1`,
    [conversation, id, account, seq],
  )
  return row?.id ?? null
}

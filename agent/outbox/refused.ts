// A refusal that comes after its sender was told that nobody knows: the doubt ends, where no other attempt keeps it up, and the refusal counts.

import type { Queryable } from '../store/sql.ts'
import type { MessageState, SendFailure } from '../words.ts'
import type { MessageRow } from './row.ts'
import { ended, readSteps, stepLine, stepped } from './steps.ts'
import { type Retry, verdictOf } from './verdict.ts'

/** The server refused what this account had written; which of its attempts that was, it does not say. */
export interface Refused {
  kind: 'refused'
  waId: string
  account: string
  code: SendFailure
  retry: Retry
  /** How long another account waits with what this one may have sent, in milliseconds. */
  graceMs: number
  /** Uniform in [0, 1). */
  random: number
  at: number
}

type Doubtful = Pick<MessageRow, 'account' | 'bound' | 'attempts' | 'errors' | 'steps' | 'next_at'>

export interface Consequence {
  state: MessageState
  open: boolean
  nextAt: number | null
  /** No attempt of it is without an answer any more. */
  certain: boolean
  /** Its account must not try it again: another one is looked for. */
  moves: boolean
}

/** What follows for a message that stands as unknown. No clock, no I/O. */
export function afterRefusal(
  row: Doubtful,
  { account, code, retry, graceMs, random, at }: Refused,
): Consequence {
  const { attempts, errors } = row
  // Attempts are counted anew when a person has it sent again; the history keeps them all.
  const certain = readSteps(row.steps).filter(({ state }) => state === 'claimed').length === 1
  const verdict = verdictOf({ code, outcome: 'failed', attempts, errors, alone: false }, retry, random)
  const doubt = (state: MessageState): MessageState => (certain ? state : 'unknown')
  if (verdict.do === 'again') {
    // Whoever has it now waits as it was told to; the account that was refused waits for its next attempt.
    const nextAt = row.account === account ? at + verdict.delayMs : row.next_at
    return { state: doubt('queued'), open: true, nextAt, certain, moves: false }
  }
  if (verdict.do === 'fail' || row.bound === 1)
    return { state: doubt('failed'), open: false, nextAt: null, certain, moves: false }
  const free = certain ? at : at + graceMs
  if (row.account === account) return { state: 'parked', open: true, nextAt: free, certain, moves: true }
  return { state: doubt('queued'), open: true, nextAt: row.next_at, certain, moves: true }
}

/** Only what waits for its next attempt: one that is under way hears the answer itself. Answers the row as it is now, or null. */
export async function refused(tx: Queryable, change: Refused): Promise<MessageRow | null> {
  const { waId, account, code, at } = change
  const doubtful = "open = 1 AND state = 'unknown' AND maybe_sent_by = $2"
  const [row] = await tx.query<MessageRow>(`SELECT * FROM message WHERE wa_id = $1 AND ${doubtful}`, [
    waId,
    account,
  ])
  if (!row) return null
  const { state, open, nextAt, certain, moves } = afterRefusal(row, change)
  const [now] = await tx.query<MessageRow>(
    `UPDATE message SET state = $4, open = $5, next_at = $6, code = $7, ended_at = $8, errors = errors + 1,
       maybe_sent_by = CASE WHEN $9 = 1 THEN NULL ELSE maybe_sent_by END,
       refused_by = CASE WHEN $10 = 1 THEN trim(refused_by || ' ' || CAST($2 AS TEXT)) ELSE refused_by END,
       account = CASE WHEN $10 = 1 AND account = $2 THEN NULL ELSE account END, ${open ? stepped('$11') : ended('$11')}
     WHERE wa_id = $1 AND attempts = $3 AND ${doubtful} RETURNING *`,
    [
      waId,
      account,
      row.attempts,
      state,
      open ? 1 : 0,
      nextAt,
      code,
      open ? null : at,
      certain ? 1 : 0,
      moves ? 1 : 0,
      stepLine({ at, state, account, code }),
    ],
  )
  return now ?? null
}

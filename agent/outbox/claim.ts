// Taking messages to be sent: by the owner of the account only, the oldest of each conversation only, and durably before a byte leaves.

import { heldEpoch } from '../store/held-epoch.ts'
import type { Queryable, Sql } from '../store/sql.ts'
import { dueHeads } from './due.ts'
import type { MessageRow } from './row.ts'
import { stepLine, stepped } from './steps.ts'

export interface ClaimOf {
  account: string
  epoch: number
  /** What happens to a message that another account may have sent: sent again and marked, or left to a person. */
  unsure: 'resend' | 'hold'
  limit: number
  /** The attempts that are really under way, see `attemptOf`. */
  begun: readonly string[]
  /** An earlier claim failed, and nobody knows whether it was written: what stands as claimed beside `begun` was never begun, and goes back into line. */
  doubt: boolean
}

/** Names one attempt of one message: an earlier one may still wait for its outcome to be written. */
export const attemptOf = ({ id, attempts }: Pick<MessageRow, 'id' | 'attempts'>): string =>
  `${id}/${attempts}`

/** What was claimed; null where another process has taken the account. */
export type Claimed = MessageRow[] | null

/** Claims messages whose turn it is, for several accounts in one transaction. Answers in their order. Rejects with StoreError. */
export function claimAll(sql: Sql, claims: readonly ClaimOf[], now: number): Promise<Claimed[]> {
  return sql.transaction(async (tx) => {
    const answers: Claimed[] = []
    // Always in one order, so that two nodes do not wait for each other.
    const places = claims.map((of, i) => ({ of, i })).sort((a, b) => (a.of.account < b.of.account ? -1 : 1))
    for (const { of, i } of places) answers[i] = await claim(tx, of, now)
    return answers
  })
}

/** An account that a failover took out sends what is bound to it and nothing else; asked after its ownership is held, as a failover does. */
const allowed =
  "bound = 1 OR NOT EXISTS (SELECT 1 FROM account_mode a WHERE a.account = $1 AND a.mode IN ('out', 'maintenance'))"

/** As a CASE, or SQLite looks for sixteen ids among all that the account has (measured with 10,000: 20 ms a claim instead of 2). */
const waiting = "account = $1 AND open = 1 AND state IN ('queued', 'unknown')"

async function claim(tx: Queryable, of: ClaimOf, now: number): Promise<Claimed> {
  const { account, epoch, unsure, limit, begun, doubt } = of
  if (doubt) {
    // Waits for the claim that was given up, where the server still has it.
    if ((await heldEpoch(tx, account)) !== epoch) return null
    await putBack(tx, account, epoch, begun, now)
  }
  const heads = await dueHeads(tx, account, unsure, limit, now)
  if (heads.length === 0) return []
  if ((await heldEpoch(tx, account)) !== epoch) return null
  const line = stepLine({ at: now, state: 'claimed', account })
  const places = heads.map((_, i) => `$${i + 5}`).join(', ')
  const rows = await tx.query<MessageRow>(
    `UPDATE message SET state = 'claimed', epoch = $2, attempts = attempts + 1, next_at = $3,
       possible_duplicate = CASE WHEN maybe_sent_by <> account THEN 1 ELSE possible_duplicate END, ${stepped('$4')}
     WHERE id IN (${places}) AND CASE WHEN ${waiting} AND (${allowed}) THEN 1 ELSE 0 END = 1 RETURNING *`,
    [account, epoch, now, line, ...heads],
  )
  return rows.sort((a, b) => (a.id < b.id ? -1 : 1))
}

async function putBack(
  tx: Queryable,
  account: string,
  epoch: number,
  begun: readonly string[],
  now: number,
): Promise<void> {
  const places = begun.map((_, i) => `$${i + 6}`).join(', ')
  const line = (state: 'queued' | 'unknown'): string =>
    stepLine({ at: now, state, account, code: 'not-begun' })
  await tx.query(
    `UPDATE message SET state = CASE WHEN maybe_sent_by IS NULL THEN 'queued' ELSE 'unknown' END, next_at = $3,
       attempts = attempts - 1, ${stepped('CASE WHEN maybe_sent_by IS NULL THEN $4 ELSE $5 END')}
     WHERE account = $1 AND epoch = $2 AND open = 1 AND state IN ('claimed', 'sent') ${begun.length > 0 ? `AND id || '/' || attempts NOT IN (${places})` : ''}`,
    [account, epoch, now, line('queued'), line('unknown'), ...begun],
  )
}

/**
 * What an earlier run of this account had claimed: it may have been sent, so it is repeated under its id.
 * @returns how many there were
 */
export async function recover(at: Queryable, account: string, epoch: number, now: number): Promise<number> {
  const rows = await at.query(
    `UPDATE message SET state = 'unknown', maybe_sent_by = account, next_at = $3, ${stepped('$4')}
     WHERE account = $1 AND open = 1 AND state IN ('claimed', 'sent') AND epoch < $2 RETURNING id`,
    [account, epoch, now, stepLine({ at: now, state: 'unknown', account, code: 'agent-restarted' })],
  )
  return rows.length
}

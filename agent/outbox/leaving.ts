// What stands in line for an account that is not to send it goes to others: in maintenance, taken out, with its day spent, of another pool by now, or listed by nobody.

import type { Queryable, Sql } from '../store/sql.ts'
import { type Placed, place } from './placing.ts'
import type { Route } from './route.ts'

/** Why an account is left; it stands in the history of each message. */
export type LeftBecause = 'maintenance' | 'out' | 'unlisted' | 'other-pool' | 'day-limit'

/** Why the account is left by what waits for it in the pool; null where it is not. */
export type Leaves = (pool: string, account: string) => LeftBecause | null

/**
 * The accounts that are left. A failover that is under way takes all of it along; what an account has that was taken out before was given to
 * it by an agent of an earlier version, which did not look. Rejects with StoreError.
 * @param spent accounts of this process that may send nothing more today
 */
export async function leftAccounts(sql: Queryable, spent: readonly string[]): Promise<Leaves> {
  const rows = await sql.query<{ account: string; why: LeftBecause | 'listed'; pool: string | null }>(
    `SELECT id AS account, CASE WHEN retired = 1 THEN 'unlisted' ELSE 'listed' END AS why, pool FROM account
     UNION ALL SELECT account, mode AS why, NULL AS pool FROM account_mode a WHERE mode = 'maintenance' OR (mode = 'out' AND NOT EXISTS (
       SELECT 1 FROM failover f WHERE f.account = a.account AND f.open = 1))`,
  )
  const left = new Map<string, LeftBecause>(spent.map((account) => [account, 'day-limit']))
  const listedIn = new Map<string, string | null>()
  for (const { account, why, pool } of rows)
    if (why === 'listed') listedIn.set(account, pool)
    else left.set(account, why)
  return (pool, account) =>
    left.get(account) ?? ((listedIn.get(account) ?? pool) === pool ? null : 'other-pool')
}

/**
 * Only what WhatsApp certainly does not have, and what does not name the account. While something of its conversation is on its way or in
 * doubt, it waits behind that: whoever has it could not send it.
 */
const movable = `m.state = 'queued' AND m.account = $3 AND m.bound = 0 AND m.maybe_sent_by IS NULL
  AND NOT EXISTS (
    SELECT 1 FROM message f
    WHERE f.conversation = m.conversation AND f.open = 1 AND f.bound = 0 AND f.state IN ('claimed', 'sent', 'unknown'))`

/** One step; for what nobody else may have it answers no account, and it stays in its line. Rejects with StoreError. */
export function leave(
  sql: Sql,
  { pool, account, why }: { pool: string; account: string; why: LeftBecause },
  route: Route,
  now: number,
): Promise<Placed> {
  // Put off again and again by those who look for somebody else, it would never be sent.
  const goesOn = why === 'other-pool'
  const waiting = { which: movable, pool, from: account, code: why, goesOn }
  return sql.transaction((tx) => place(tx, waiting, route, now))
}

// What stands in line for an account that will not send it goes to others: in maintenance, taken out, listed by nobody any more, or with its day spent.

import type { Queryable, Sql } from '../store/sql.ts'
import { type Placed, place } from './placing.ts'
import type { Route } from './route.ts'

/** Why an account is left; it stands in the history of each message. */
export type LeftBecause = 'maintenance' | 'out' | 'unlisted' | 'day-limit'

/**
 * The accounts that are left. A failover that is under way takes all of it along; what an account has that was taken out before was given to
 * it by an agent of an earlier version, which did not look. Rejects with StoreError.
 * @param spent accounts of this process that may send nothing more today
 */
export async function leftAccounts(
  sql: Queryable,
  spent: readonly string[],
): Promise<Map<string, LeftBecause>> {
  const rows = await sql.query<{ account: string; why: LeftBecause }>(
    `SELECT id AS account, 'unlisted' AS why FROM account WHERE retired = 1
     UNION ALL SELECT account, mode AS why FROM account_mode a WHERE mode = 'maintenance' OR (mode = 'out' AND NOT EXISTS (
       SELECT 1 FROM failover f WHERE f.account = a.account AND f.open = 1))`,
  )
  const left = new Map<string, LeftBecause>(spent.map((account) => [account, 'day-limit']))
  for (const { account, why } of rows) left.set(account, why)
  return left
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
  const waiting = { which: movable, pool, from: account, code: why }
  return sql.transaction((tx) => place(tx, waiting, route, now))
}

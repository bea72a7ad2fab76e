// Who gives work to accounts and who takes an account out of service see each other: after it was taken out, nobody's work is still on its way to it.

import type { Queryable } from '../store/sql.ts'
import type { AccountMode } from '../words.ts'

/** Accounts that are given nothing by the routing, and lose what they had. */
const taken: readonly AccountMode[] = ['out', 'maintenance']

/** Whether an account with this mode is out of service. */
export const isTakenOut = (mode: AccountMode): boolean => taken.includes(mode)

/**
 * First of all in a transaction that gives messages or conversations to accounts: nobody takes one out of service until its end. Answers
 * the accounts that are out already. Many hold this at a time. Waits for a transaction that takes an account out, and behind others who
 * wait for that. Rejects with StoreError.
 */
export async function giving(tx: Queryable): Promise<ReadonlySet<string>> {
  await tx.query("SELECT HOLD_SHARED('giving') AS held")
  // A statement of its own, or it would not see what was committed while the lock was waited for.
  const rows = await tx.query<{ account: string }>(
    "SELECT account FROM account_mode WHERE mode IN ('out', 'maintenance')",
  )
  return new Set(rows.map(({ account }) => account))
}

/**
 * In a transaction that takes an account out, before it touches a message or a conversation: waits for all who give at this moment, so that
 * whoever looks after its commit finds everything that was given, and those who come after it find the account out. Rejects with StoreError.
 */
export async function noGiving(tx: Queryable): Promise<void> {
  await tx.query("SELECT HOLD_ALONE('giving') AS held")
}

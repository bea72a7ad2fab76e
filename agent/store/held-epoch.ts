// Who owns an account as a transaction sees it, and nobody else takes the account before its commit.

import type { Queryable } from './sql.ts'

/** The epoch of the owner, its row held until the commit; null where nobody ever took the account. Rejects with StoreError. */
export async function heldEpoch(tx: Queryable, account: string): Promise<number | null> {
  const [row] = await tx.query<{ epoch: number }>(
    'SELECT epoch FROM ownership WHERE account = $1 FOR UPDATE',
    [account],
  )
  return row?.epoch ?? null
}

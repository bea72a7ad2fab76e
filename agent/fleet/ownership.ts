// Which process owns an account: every start takes it with a higher epoch, so that whatever an earlier owner still writes can be told apart.

import type { Sql } from '../store/sql.ts'

/** Takes the account for the node; answers the new epoch. */
export async function takeOwnership(sql: Sql, account: string, node: string): Promise<number> {
  const [row] = await sql.query<{ epoch: number }>(
    `INSERT INTO ownership (account, node, epoch) VALUES ($1, $2, 1)
     ON CONFLICT (account) DO UPDATE SET node = excluded.node, epoch = ownership.epoch + 1
     RETURNING epoch`,
    [account, node],
  )
  return Number(row?.epoch ?? 0)
}

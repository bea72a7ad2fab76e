// What still waits or is set for pools and accounts that nobody lists any more: it can be seen and taken back, and is not forgotten.

import type { Bus } from '../events.ts'
import type { Row, Sql } from '../store/sql.ts'

/** An account as it was listed last. */
export interface Retired {
  account: string
  pool: string
  role: 'primary' | 'backup'
  priority: number
  weight: number
  region: string
}

/** Null where it is listed, or never was. Rejects with StoreError. */
export async function findRetired(sql: Sql, id: string): Promise<Retired | null> {
  const [row] = await sql.query<{
    pool: string
    role: string
    priority: number
    weight: string
    region: string
  }>('SELECT pool, role, priority, weight, region FROM account WHERE id = $1 AND retired = 1', [id])
  if (!row) return null
  const { pool, role, priority, weight, region } = row
  return {
    account: id,
    pool,
    role: role === 'backup' ? 'backup' : 'primary',
    priority: Number(priority),
    weight: Number(weight),
    region,
  }
}

interface Left extends Row {
  what: 'strategy' | 'weight' | 'priority' | 'mode' | 'messages'
  pool: string | null
  account: string | null
  value: string
}

/** Says once what was left behind. Rejects with StoreError. @param pools those of the file: they may be there without an account */
export async function tellLeftovers(sql: Sql, bus: Bus, pools: readonly string[]): Promise<void> {
  const rows = await sql.query<Left>(
    `SELECT name AS what, id AS pool, NULL AS account, value FROM routing_setting
       WHERE scope = 'pool' AND id NOT IN (SELECT pool FROM account WHERE retired = 0)
     UNION ALL SELECT name, NULL, id, value FROM routing_setting
       WHERE scope = 'account' AND id NOT IN (SELECT id FROM account WHERE retired = 0)
     UNION ALL SELECT 'mode', NULL, account, mode FROM account_mode
       WHERE mode <> 'up' AND account NOT IN (SELECT id FROM account WHERE retired = 0)
     UNION ALL SELECT 'messages', pool, NULL, CAST(count(*) AS TEXT) FROM message
       WHERE open = 1 AND pool NOT IN (SELECT pool FROM account WHERE retired = 0) GROUP BY pool`,
  )
  for (const { what, pool, account, value } of rows)
    if (pool === null || !pools.includes(pool))
      bus.emit('routing.left-over', { what, pool, value }, account === null ? {} : { account })
}

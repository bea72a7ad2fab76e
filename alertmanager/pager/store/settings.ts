// Few values that outlive the process: the key of the links and the last heartbeat.

import { randomBytes } from 'node:crypto'
import type { Queryable } from '../../../agent/store/sql.ts'

/** The value, or the one that is given and kept from then on. */
async function kept(sql: Queryable, name: string, fresh: () => string): Promise<string> {
  await sql.query('INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING', [
    name,
    fresh(),
  ])
  const [row] = await sql.query<{ value: string }>('SELECT value FROM setting WHERE name = $1', [name])
  return row?.value ?? fresh()
}

/** The key that signs acknowledgement links: made at the first start. */
export async function linkKey(sql: Queryable): Promise<Buffer> {
  return Buffer.from(await kept(sql, 'link_key', () => randomBytes(32).toString('base64')), 'base64')
}

/** When the heartbeat was heard last, in milliseconds; 0 for never. */
export async function lastHeartbeat(sql: Queryable): Promise<number> {
  return Number(await kept(sql, 'heartbeat_at', () => '0'))
}

export async function keepHeartbeat(sql: Queryable, at: number): Promise<void> {
  await sql.query(
    'INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
    ['heartbeat_at', String(at)],
  )
}

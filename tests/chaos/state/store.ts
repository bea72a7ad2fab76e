// The store of a chaos run: a file or a real PostgreSQL, seeded with linked accounts, and asked at the end whether it is whole.

import { BufferJSON } from '@whiskeysockets/baileys'
import { Bus } from '../../../agent/events.ts'
import { takeOwnership } from '../../../agent/fleet/ownership.ts'
import { loadAuth } from '../../../agent/session/auth-state.ts'
import { envelopeCipher } from '../../../agent/store/cipher.ts'
import { migrate } from '../../../agent/store/migrations.ts'
import { openStore } from '../../../agent/store/open.ts'
import type { Sql } from '../../../agent/store/sql.ts'
import type { NewAccount } from '../../simulator/index.ts'

export const masterKey = 'c5'.repeat(32)

/** One row of auth as it stands: its bytes and the epoch that wrote it. */
export type Rows = Map<string, { value: string; epoch: number }>

/** Opens the store for the time of one question. On SQLite the agent must not run meanwhile. */
export async function ask<T>(url: string, question: (sql: Sql) => Promise<T>): Promise<T> {
  const sql = await openStore(url, new Bus('chaos'))
  try {
    return await question(sql)
  } finally {
    await sql.close()
  }
}

/** Puts the credentials of linked accounts in, as an earlier run of the agent would have left them. */
export async function seedStore(
  url: string,
  accounts: readonly { id: string; linked: NewAccount }[],
): Promise<void> {
  const revive = <T>(value: unknown): T => JSON.parse(JSON.stringify(value), BufferJSON.reviver) as T
  await ask(url, async (sql) => {
    await migrate(sql)
    const cipher = envelopeCipher(sql, Buffer.from(masterKey, 'hex'))
    for (const { id, linked } of accounts) {
      const epoch = await takeOwnership(sql, id, 'seed')
      const auth = await loadAuth({ sql, cipher, bus: new Bus('chaos'), account: id, epoch })
      auth.creds = revive(linked.creds)
      await auth.keys.set(revive(linked.keys))
      auth.saveCreds()
      await auth.flush()
    }
  })
}

export async function readRows(sql: Sql): Promise<Rows> {
  const rows = await sql.query<{ account: string; name: string; value: Uint8Array; epoch: number }>(
    'SELECT account, name, value, epoch FROM auth',
  )
  return new Map(
    rows.map(({ account, name, value, epoch }) => [
      `${account}/${name}`,
      { value: Buffer.from(value).toString('base64'), epoch: Number(epoch) },
    ]),
  )
}

/** Rows that differ from the snapshot and bear an epoch that was over when it was taken. */
export function staleWrites(snapshot: Rows, now: Rows, currentEpoch: number): string[] {
  return [...now]
    .filter(([place, { value, epoch }]) => epoch < currentEpoch && snapshot.get(place)?.value !== value)
    .map(([place, { epoch }]) => `${place} was written under epoch ${epoch}`)
}

/** What the database says of itself; empty when it is whole. */
export async function integrity(sql: Sql): Promise<string[]> {
  if (sql.driver === 'postgres') {
    // Reading every row through its index and without it must find the same ones.
    const [row] = await sql.query<{ rows: number; places: number }>(
      'SELECT count(*) AS rows, count(DISTINCT (account, name)) AS places FROM auth',
    )
    return row?.rows === row?.places ? [] : ['auth has a place twice']
  }
  const rows = await sql.query<{ integrity_check: string }>('PRAGMA integrity_check')
  return rows.map(({ integrity_check }) => integrity_check).filter((said) => said !== 'ok')
}

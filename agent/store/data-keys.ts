// The data keys in the store, one for each account, all wrapped by the one master key whose fingerprint stands beside them.

import { createHmac, randomBytes } from 'node:crypto'
import { openWith, sealWith } from './seal.ts'
import { type Queryable, type Sql, StoreError } from './sql.ts'

const KEY = 32
/** Whoever changes which keys there are holds it. */
const LOCK = 'rotate'
/** 100,000 keys take about a minute. */
const ROTATE_WITHIN_MS = 10 * 60_000

/** Says which master key it is without saying the key. */
function fingerprintOf(master: Uint8Array): string {
  return createHmac('sha256', master).update('linda master key').digest('hex').slice(0, 32)
}

/** The data key of an account, made where there is none. Rejects with StoreError. */
export async function dataKeyOf(sql: Sql, master: Uint8Array, account: string): Promise<Uint8Array> {
  const place = `data key of ${account}`
  const find = async (at: Queryable): Promise<Uint8Array | undefined> => {
    const rows = await at.query<{ wrapped: Uint8Array }>('SELECT wrapped FROM data_key WHERE account = $1', [
      account,
    ])
    return rows[0]?.wrapped
  }
  const known = await find(sql)
  if (known) return openWith(master, place, known)
  return sql.transaction(
    async (tx) => {
      // Holds the row until the commit: no rotation passes between the proof and the new key.
      await holdMasterKey(tx, master, master)
      const fresh = sealWith(master, place, randomBytes(KEY))
      await tx.query(
        'INSERT INTO data_key (account, wrapped) VALUES ($1, $2) ON CONFLICT (account) DO NOTHING',
        [account, fresh],
      )
      const wrapped = await find(tx)
      if (!wrapped) throw new StoreError(`the ${place} vanished`)
      return openWith(master, place, wrapped)
    },
    { lock: LOCK },
  )
}

/** A store without a master key takes this one. */
async function claim(at: Queryable, master: Uint8Array): Promise<void> {
  await at.query('INSERT INTO master_key (one, fingerprint) VALUES (1, $1) ON CONFLICT (one) DO NOTHING', [
    fingerprintOf(master),
  ])
}

/** Changes which master key the store is under; rejects with StoreError when it is not `from`. */
async function holdMasterKey(tx: Queryable, from: Uint8Array, to: Uint8Array): Promise<void> {
  await claim(tx, from)
  const held = await tx.query(
    'UPDATE master_key SET fingerprint = $2 WHERE fingerprint = $1 RETURNING fingerprint',
    [fingerprintOf(from), fingerprintOf(to)],
  )
  if (held.length === 0)
    throw new StoreError(
      'the store is under another master key: it was rotated meanwhile, or another agent began with its own; start again with the right one',
    )
}

/**
 * Wraps every data key with another master key, all of them or none. Rejects with StoreError; answers how many there are. An agent that
 * runs meanwhile keeps the data keys that it has in use, and can make none under the old key.
 */
export async function rewrapDataKeys(sql: Sql, from: Uint8Array, to: Uint8Array): Promise<number> {
  return sql.transaction(
    async (tx) => {
      await holdMasterKey(tx, from, to)
      const rows = await tx.query<{ account: string; wrapped: Uint8Array }>(
        'SELECT account, wrapped FROM data_key',
      )
      for (const { account, wrapped } of rows) {
        const place = `data key of ${account}`
        const again = sealWith(to, place, openWith(from, place, wrapped))
        await tx.query('UPDATE data_key SET wrapped = $2 WHERE account = $1', [account, again])
      }
      return rows.length
    },
    { lock: LOCK, withinMs: ROTATE_WITHIN_MS },
  )
}

/**
 * Compares the master key with the one that the store is under, which an empty store takes, and opens every stored data key, so that a wrong
 * key is found at start, before anything is written. Rejects with StoreError.
 */
export async function proveMasterKey(sql: Sql, master: Uint8Array): Promise<void> {
  // Under the lock of whoever makes a data key: none comes between the look and the claim.
  await sql.transaction(
    async (tx) => {
      const rows = await tx.query<{ account: string; wrapped: Uint8Array }>(
        'SELECT account, wrapped FROM data_key',
      )
      for (const { account, wrapped } of rows) openWith(master, `data key of ${account}`, wrapped)
      // Nothing is sealed yet: a key that was mistyped at the first start is not held against the next.
      if (rows.length === 0) await tx.query('DELETE FROM master_key')
      await claim(tx, master)
      const [row] = await tx.query<{ fingerprint: string }>('SELECT fingerprint FROM master_key')
      if (row?.fingerprint !== fingerprintOf(master))
        throw new StoreError(
          'the store is under another master key than the one that is configured; nothing was changed',
        )
    },
    { lock: LOCK, withinMs: ROTATE_WITHIN_MS },
  )
}

/**
 * Refuses a store that was written under the other `store.encryption`: it would be unreadable account by account, and what is new in it
 * would be mixed with what is old. Rejects with StoreError.
 */
export async function proveMode(sql: Sql, encryption: 'on' | 'off'): Promise<void> {
  const [sealed] = await sql.query('SELECT 1 AS one FROM data_key LIMIT 1')
  const [clear] = await sql.query(
    'SELECT 1 AS one FROM auth WHERE account NOT IN (SELECT account FROM data_key) LIMIT 1',
  )
  if (encryption === 'off' && sealed)
    throw new StoreError(
      'store.encryption: found off, but the store is encrypted; set it to on, with the key that wrote it',
    )
  if (encryption === 'on' && clear)
    throw new StoreError(
      'store.encryption: found on, but the store was written in clear; set it to off, or begin a new store',
    )
}

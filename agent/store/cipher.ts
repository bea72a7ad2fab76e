// Envelope encryption: every account has a data key, the master key wraps it, and a value opens only in the place it was sealed for.

import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { type Sql, StoreError } from './sql.ts'

/** Seals and opens values; `place` (account and name) is bound to the value as associated data. */
export interface Cipher {
  seal(account: string, name: string, plain: Uint8Array): Promise<Uint8Array>
  open(account: string, name: string, sealed: Uint8Array): Promise<Uint8Array>
}

/** Values as they are, for `store.encryption: off`. */
export const plainCipher: Cipher = {
  seal: async (_account, _name, plain) => plain,
  open: async (_account, _name, sealed) => sealed,
}

const NONCE = 12
const TAG = 16
const KEY = 32

function sealWith(key: Uint8Array, place: string, plain: Uint8Array): Uint8Array {
  const nonce = randomBytes(NONCE)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  cipher.setAAD(Buffer.from(place))
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
}

function openWith(key: Uint8Array, place: string, sealed: Uint8Array): Uint8Array {
  const bytes = Buffer.from(sealed)
  if (bytes.length < NONCE + TAG) throw new StoreError(`the value of ${place} is too short to be encrypted`)
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE))
  decipher.setAAD(Buffer.from(place))
  decipher.setAuthTag(bytes.subarray(bytes.length - TAG))
  try {
    return Buffer.concat([decipher.update(bytes.subarray(NONCE, bytes.length - TAG)), decipher.final()])
  } catch (cause) {
    throw new StoreError(`${place} does not open: another master key wrote it, or it was changed`, { cause })
  }
}

/** A cipher whose data keys live in the store, wrapped by `master` (32 bytes). */
export function envelopeCipher(sql: Sql, master: Uint8Array): Cipher {
  const keys = new Map<string, Promise<Uint8Array>>()
  const dataKey = (account: string): Promise<Uint8Array> => {
    let key = keys.get(account)
    if (!key) {
      key = loadOrCreate(sql, master, account)
      keys.set(account, key)
      key.catch(() => keys.delete(account))
    }
    return key
  }
  return {
    seal: async (account, name, plain) => sealWith(await dataKey(account), `${account}/${name}`, plain),
    open: async (account, name, sealed) => openWith(await dataKey(account), `${account}/${name}`, sealed),
  }
}

async function loadOrCreate(sql: Sql, master: Uint8Array, account: string): Promise<Uint8Array> {
  const place = `data key of ${account}`
  const fresh = sealWith(master, place, randomBytes(KEY))
  await sql.query(
    'INSERT INTO data_key (account, wrapped) VALUES ($1, $2) ON CONFLICT (account) DO NOTHING',
    [account, fresh],
  )
  const [row] = await sql.query<{ wrapped: Uint8Array }>('SELECT wrapped FROM data_key WHERE account = $1', [
    account,
  ])
  if (!row) throw new StoreError(`the ${place} vanished`)
  return openWith(master, place, row.wrapped)
}

/** Wraps every data key with another master key, all of them or none. Rejects with StoreError; answers how many there are. */
export async function rewrapDataKeys(sql: Sql, from: Uint8Array, to: Uint8Array): Promise<number> {
  return sql.transaction(async (tx) => {
    const rows = await tx.query<{ account: string; wrapped: Uint8Array }>(
      'SELECT account, wrapped FROM data_key',
    )
    for (const { account, wrapped } of rows) {
      const place = `data key of ${account}`
      const again = sealWith(to, place, openWith(from, place, wrapped))
      await tx.query('UPDATE data_key SET wrapped = $2 WHERE account = $1', [account, again])
    }
    return rows.length
  })
}

/** Opens every stored data key, so that a wrong master key is found at start, before anything is written. Rejects with StoreError. */
export async function proveMasterKey(sql: Sql, master: Uint8Array): Promise<void> {
  const rows = await sql.query<{ account: string; wrapped: Uint8Array }>(
    'SELECT account, wrapped FROM data_key',
  )
  for (const { account, wrapped } of rows) openWith(master, `data key of ${account}`, wrapped)
}

/** Reads 32 bytes written as 64 hexadecimal or 44 base64 characters. Throws StoreError; never echoes the key. */
export function parseMasterKey(text: string, from: string): Uint8Array {
  const trimmed = text.trim()
  if (/^[0-9a-f]{64}$/i.test(trimmed)) return Buffer.from(trimmed, 'hex')
  // The decoder drops what is no base64: a key with a slip of the pen would silently be another key.
  const key = /^[A-Za-z0-9+/]{43}=$/.test(trimmed) ? Buffer.from(trimmed, 'base64') : null
  if (key?.length !== KEY)
    throw new StoreError(
      `${from}: found ${trimmed.length} characters that are no key, allowed: 64 hexadecimal or 44 base64 characters (32 bytes)`,
    )
  return key
}

/** The master key from a file. Throws StoreError that says how to make one. */
export function readMasterKey(file: string): Uint8Array {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    throw new StoreError(
      `store.master_key_file: cannot read ${file} (${(cause as Error).message}); make one with "linda keys create ${file}", or set store.encryption: off`,
      { cause },
    )
  }
  return parseMasterKey(text, file)
}

/** The master key that the configuration names. Throws StoreError. */
export function masterKeyOf(store: {
  masterKey: { reveal(): string } | null
  masterKeyFile: string
}): Uint8Array {
  return store.masterKey
    ? parseMasterKey(store.masterKey.reveal(), 'LINDA_MASTER_KEY')
    : readMasterKey(store.masterKeyFile)
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

// The credentials and Signal keys of one account, kept in the store: what the library believes written is durable once flushed.

import {
  type AuthenticationCreds,
  BufferJSON,
  initAuthCreds,
  proto,
  type SignalDataSet,
  type SignalDataTypeMap,
  type SignalKeyStore,
} from '@whiskeysockets/baileys'
import type { Cipher } from '../store/cipher.ts'
import type { Queryable, Sql } from '../store/sql.ts'
import type { AuthState } from './socket.ts'

const CREDS = 'creds'

/** Baileys' view of an account's authentication, on top of the AuthState that sessions see. */
export class StoredAuth implements AuthState {
  creds: AuthenticationCreds
  readonly keys: SignalKeyStore
  #sql: Sql
  #cipher: Cipher
  #account: string
  #saving: Promise<void> = Promise.resolve()

  constructor(sql: Sql, cipher: Cipher, account: string, creds: AuthenticationCreds) {
    this.#sql = sql
    this.#cipher = cipher
    this.#account = account
    this.creds = creds
    this.keys = {
      get: (type, ids) => this.#get(type, ids),
      set: (data) => this.#set(data),
    }
  }

  /** Only a scan leaves a signed device identity behind; asking for a pairing code already sets `me`. */
  get paired(): boolean {
    return this.creds.account !== undefined && this.creds.me !== undefined
  }

  /** Queues the credentials as they are now; writes run in order. Never rejects: failures are the store's events. */
  saveCreds(): void {
    const sealed = this.#seal(CREDS, this.creds)
    this.#saving = this.#saving.then(async () => this.#put(this.#sql, CREDS, await sealed)).catch(() => {})
  }

  async discardHalfMade(): Promise<boolean> {
    if (this.paired || !this.creds.me) return false
    await this.reset()
    return true
  }

  async reset(): Promise<void> {
    await this.#saving
    await this.#sql.query('DELETE FROM auth WHERE account = $1', [this.#account])
    this.creds = initAuthCreds()
  }

  async flush(): Promise<void> {
    await this.#saving
  }

  async #get<T extends keyof SignalDataTypeMap>(
    type: T,
    ids: string[],
  ): Promise<Record<string, SignalDataTypeMap[T]>> {
    const found: Record<string, SignalDataTypeMap[T]> = {}
    for (const id of ids) {
      const name = `${type}:${id}`
      const [row] = await this.#sql.query<{ value: Uint8Array }>(
        'SELECT value FROM auth WHERE account = $1 AND name = $2',
        [this.#account, name],
      )
      if (!row) continue
      const plain = await this.#cipher.open(this.#account, name, row.value)
      const value = JSON.parse(Buffer.from(plain).toString('utf8'), BufferJSON.reviver)
      found[id] =
        type === 'app-state-sync-key' ? proto.Message.AppStateSyncKeyData.fromObject(value as object) : value
    }
    return found
  }

  async #set(data: SignalDataSet): Promise<void> {
    // Sealed before the transaction begins: the cipher may have to ask the store for its data key.
    const writes: [name: string, sealed: Uint8Array | null][] = []
    for (const [type, byId] of Object.entries(data))
      for (const [id, value] of Object.entries(byId ?? {}))
        writes.push([`${type}:${id}`, value == null ? null : await this.#seal(`${type}:${id}`, value)])
    await this.#sql.transaction(async (tx) => {
      for (const [name, sealed] of writes) {
        if (sealed) await this.#put(tx, name, sealed)
        else await tx.query('DELETE FROM auth WHERE account = $1 AND name = $2', [this.#account, name])
      }
    })
  }

  #seal(name: string, value: unknown): Promise<Uint8Array> {
    const text = JSON.stringify(value, BufferJSON.replacer)
    return this.#cipher.seal(this.#account, name, Buffer.from(text))
  }

  async #put(on: Queryable, name: string, sealed: Uint8Array): Promise<void> {
    await on.query(
      `INSERT INTO auth (account, name, value) VALUES ($1, $2, $3)
       ON CONFLICT (account, name) DO UPDATE SET value = excluded.value`,
      [this.#account, name, sealed],
    )
  }
}

/** Reads an account's credentials, or makes new ones that are not yet stored. */
export async function loadAuth(sql: Sql, cipher: Cipher, account: string): Promise<StoredAuth> {
  const [row] = await sql.query<{ value: Uint8Array }>(
    'SELECT value FROM auth WHERE account = $1 AND name = $2',
    [account, CREDS],
  )
  if (!row) return new StoredAuth(sql, cipher, account, initAuthCreds())
  const plain = await cipher.open(account, CREDS, row.value)
  const creds = JSON.parse(Buffer.from(plain).toString('utf8'), BufferJSON.reviver) as AuthenticationCreds
  return new StoredAuth(sql, cipher, account, creds)
}

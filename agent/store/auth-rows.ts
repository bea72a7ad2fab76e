// The stored credentials and keys of one account: a flush is one transaction under the owner's epoch, or it changes nothing.

import { LRUCache } from 'lru-cache'
import type { Bus } from '../events.ts'
import type { Cipher } from './cipher.ts'
import {
  type DecryptedRow,
  deleteDecrypted,
  insertDecrypted,
  placeOf,
  readDecrypted,
  readOneDecrypted,
} from './decrypted-rows.ts'
import { heldEpoch } from './held-epoch.ts'
import { type Queryable, type Sql, StoreError } from './sql.ts'
import { Turns } from './turns.ts'

/** Decrypted text kept per account, in characters: what a conversation under way reads again and again. */
const CACHED = 128 * 1024
/** Rows of one statement: 812 pre-keys are written at the first login, and each statement may be a round trip. */
const ROWS_PER_STATEMENT = 64

/** Somebody else owns the account by now: nothing was written, and nothing more may be. */
export class FencedError extends StoreError {
  constructor(account: string, epoch: number) {
    super(`${account} is owned by another process now; nothing was written under epoch ${epoch}`)
    this.name = 'FencedError'
  }
}

export interface AuthPlace {
  sql: Sql
  cipher: Cipher
  bus: Bus
  account: string
  /** The epoch under which this process took the account. */
  epoch: number
}

/** What goes with a write of keys into the same transaction. */
export interface Beside {
  /** What was decrypted with them, in clear. */
  decrypted?: DecryptedRow
  /** Hashes of what was decrypted earlier and is needed no longer. */
  forget?: readonly string[]
}

export class AuthRows {
  #at: AuthPlace
  /** Grows with every write: what was fetched under an older one is not remembered. */
  #version = 0
  /** Writes go in the order of the calls: two of one key that nobody waited for must not end the other way round. */
  #turns = new Turns()
  #cache = new LRUCache<string, { text: string | null }>({
    maxSize: CACHED,
    sizeCalculation: ({ text }, name) => (text?.length ?? 0) + name.length + 50,
  })

  constructor(at: AuthPlace) {
    this.#at = at
  }

  /** The texts by name; names that have none are absent. Rejects with StoreError. */
  async read(names: readonly string[]): Promise<Map<string, string>> {
    const found = new Map<string, string>()
    const missing: string[] = []
    for (const name of names) {
      const cached = this.#cache.get(name)
      if (!cached) missing.push(name)
      else if (cached.text !== null) found.set(name, cached.text)
    }
    const version = this.#version
    for (let i = 0; i < missing.length; i += ROWS_PER_STATEMENT)
      for (const [name, text] of await this.#fetch(missing.slice(i, i + ROWS_PER_STATEMENT))) {
        if (version === this.#version) this.#cache.set(name, { text })
        if (text !== null) found.set(name, text)
      }
    return found
  }

  /** Writes all of it or nothing; null removes. Rejects with FencedError or StoreError. */
  write(changes: ReadonlyMap<string, string | null>, beside: Beside = {}): Promise<void> {
    return this.#turns.take(() => this.#write(changes, beside))
  }

  async #write(
    changes: ReadonlyMap<string, string | null>,
    { decrypted, forget = [] }: Beside,
  ): Promise<void> {
    const { cipher, account, epoch, sql } = this.#at
    // Sealed before the transaction begins: the cipher may have to ask the store for its data key.
    const sealed: [string, Uint8Array][] = []
    const gone: string[] = []
    for (const [name, text] of changes)
      if (text === null) gone.push(name)
      else sealed.push([name, await cipher.seal(account, name, Buffer.from(text))])
    const kept = decrypted && {
      ...decrypted,
      value: await cipher.seal(account, placeOf(decrypted.hash), decrypted.value),
    }
    this.#forget(changes)
    const written = sql.transaction(async (tx) => {
      await this.#holdEpoch(tx)
      for (let i = 0; i < sealed.length; i += ROWS_PER_STATEMENT)
        await this.#upsert(tx, sealed.slice(i, i + ROWS_PER_STATEMENT))
      for (let i = 0; i < gone.length; i += ROWS_PER_STATEMENT)
        await this.#delete(tx, gone.slice(i, i + ROWS_PER_STATEMENT))
      if (kept) await insertDecrypted(tx, account, epoch, kept)
      await deleteDecrypted(tx, account, forget)
    })
    // One that failed may have been committed all the same: what was read meanwhile is not to be believed either way.
    await written.finally(() => this.#forget(changes))
    for (const [name, text] of changes) this.#cache.set(name, { text })
  }

  #forget(changes: ReadonlyMap<string, string | null>): void {
    this.#version += 1
    for (const name of changes.keys()) this.#cache.delete(name)
  }

  /**
   * What `read` makes of each row that was decrypted and not forgotten, the oldest first. One that is damaged is told of and passed over: the
   * account is more than a message. Rejects with StoreError.
   */
  async decrypted<T>(read: (row: DecryptedRow) => T): Promise<T[]> {
    const { sql, cipher, bus, account, epoch } = this.#at
    const rows = await readDecrypted(sql, account)
    // With the key at hand, what does not open is damaged.
    if (rows.length > 0) await cipher.mac(account, '')
    const made: T[] = []
    for (const row of rows)
      try {
        made.push(read({ ...row, value: await cipher.open(account, placeOf(row.hash), row.value) }))
      } catch {
        const detail = `${placeOf(row.hash)} is damaged`
        bus.emit('session.trapped', { trap: 'unreadable-kept', detail }, { account, epoch })
      }
    return made
  }

  /** The same of one ciphertext; undefined where it is not there. Rejects with StoreError. */
  async decryptedOf(hash: string): Promise<Uint8Array | undefined> {
    const { sql, cipher, account } = this.#at
    const value = await readOneDecrypted(sql, account, hash)
    return value && cipher.open(account, placeOf(hash), value)
  }

  /** Rejects with FencedError when another process has taken the account, with StoreError when the store cannot say. */
  async proveOwned(): Promise<void> {
    const { sql, account, epoch } = this.#at
    const [row] = await sql.query<{ epoch: number }>('SELECT epoch FROM ownership WHERE account = $1', [
      account,
    ])
    if (row?.epoch !== epoch) throw this.#fenced()
  }

  /** Removes everything the account has. Rejects with FencedError or StoreError. */
  clear(): Promise<void> {
    return this.#turns.take(() => this.#clear())
  }

  async #clear(): Promise<void> {
    const { sql, account } = this.#at
    this.#version += 1
    this.#cache.clear()
    await sql.transaction(async (tx) => {
      await this.#holdEpoch(tx)
      await tx.query('DELETE FROM auth WHERE account = $1', [account])
    })
    this.#version += 1
    this.#cache.clear()
  }

  /** Proves the epoch and holds the row of ownership until the commit, so that nobody takes the account between the proof and the write. */
  async #holdEpoch(tx: Queryable): Promise<void> {
    const { account, epoch } = this.#at
    if ((await heldEpoch(tx, account)) !== epoch) throw this.#fenced()
  }

  #fenced(): FencedError {
    const { bus, account, epoch } = this.#at
    bus.emit('store.write-fenced', {}, { account, epoch })
    return new FencedError(account, epoch)
  }

  async #fetch(names: readonly string[]): Promise<Map<string, string | null>> {
    const { sql, cipher, account } = this.#at
    const places = names.map((_, i) => `$${i + 2}`).join(', ')
    const rows = await sql.query<{ name: string; value: Uint8Array }>(
      `SELECT name, value FROM auth WHERE account = $1 AND name IN (${places})`,
      [account, ...names],
    )
    const texts = new Map<string, string | null>(names.map((name) => [name, null]))
    for (const { name, value } of rows)
      texts.set(name, Buffer.from(await cipher.open(account, name, value)).toString('utf8'))
    return texts
  }

  async #upsert(tx: Queryable, rows: readonly [string, Uint8Array][]): Promise<void> {
    const { account, epoch } = this.#at
    const places = rows.map((_, i) => `($1, $${2 * i + 3}, $${2 * i + 4}, $2)`).join(', ')
    await tx.query(
      `INSERT INTO auth (account, name, value, epoch) VALUES ${places}
       ON CONFLICT (account, name) DO UPDATE SET value = excluded.value, epoch = excluded.epoch`,
      [account, epoch, ...rows.flat()],
    )
  }

  async #delete(tx: Queryable, names: readonly string[]): Promise<void> {
    const places = names.map((_, i) => `$${i + 2}`).join(', ')
    await tx.query(`DELETE FROM auth WHERE account = $1 AND name IN (${places})`, [
      this.#at.account,
      ...names,
    ])
  }
}

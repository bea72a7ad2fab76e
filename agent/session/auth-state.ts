// The credentials and Signal keys of one account in the form the library wants: what it believes written is durable once flushed.

import {
  type AuthenticationCreds,
  BufferJSON,
  initAuthCreds,
  proto,
  type SignalDataSet,
  type SignalDataTypeMap,
  type SignalKeyStore,
} from '@whiskeysockets/baileys'
import { type AuthPlace, AuthRows, FencedError } from '../store/auth-rows.ts'
import { StoreError } from '../store/sql.ts'
import { Turns } from '../store/turns.ts'
import { Decrypted } from './decrypted.ts'
import { Lent } from './lent.ts'
import type { Opened } from './opened.ts'
import type { AuthState } from './socket.ts'

const CREDS = 'creds'
/** How long after a failed write of the credentials the next try comes, in milliseconds. */
const AGAIN_MS = 2_000
/** How long what the library does with the keys at a stop may take, in milliseconds. */
const TAKE_BACK_MS = 1_000

const encode = (value: unknown): string => JSON.stringify(value, BufferJSON.replacer)
const decode = <T>(text: string): T => parse(text) as T

/** The parser's own message quotes the value, which is a secret. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text, BufferJSON.reviver)
  } catch {
    throw new StoreError(
      'a stored value is not what was written: it was changed, or written under another store.encryption',
    )
  }
}

/** Baileys' view of an account's authentication, on top of the AuthState that sessions see. */
export class StoredAuth implements AuthState {
  creds: AuthenticationCreds
  /** What was decrypted with the keys and may not be lost. */
  readonly decrypted: Decrypted
  /** Of everything that changes its Signal keys, through whatever connection. */
  readonly turns = new Turns()
  #rows: AuthRows
  #lent = new Lent()
  /** The write under way, and whether the credentials changed again since it began. */
  #saving: Promise<void> | null = null
  #changed = false
  #again: NodeJS.Timeout | undefined

  constructor(rows: AuthRows, creds: AuthenticationCreds) {
    this.#rows = rows
    this.creds = creds
    this.decrypted = new Decrypted(rows)
  }

  /** For one connection: they are of no use after the next `end`. */
  get keys(): SignalKeyStore {
    const lent = this.#lent
    return {
      get: (type, ids) => lent.use(() => this.#get(type, ids)),
      set: (data) => lent.use(() => this.#set(data)),
    }
  }

  /** Only a scan leaves a signed device identity behind; asking for a pairing code already sets `me`. */
  get paired(): boolean {
    return this.creds.account !== undefined && this.creds.me !== undefined
  }

  get phone(): string | null {
    return this.paired ? (/^\d+/.exec(this.creds.me?.id ?? '')?.[0] ?? null) : null
  }

  /** Writes the credentials as they are when their turn comes; changes in between become one write. Never rejects. */
  saveCreds(): void {
    this.#changed = true
    this.#saving ??= this.#saveWhileChanged().finally(() => {
      this.#saving = null
    })
  }

  proveOwned(): Promise<void> {
    return this.#rows.proveOwned()
  }

  async discardHalfMade(): Promise<boolean> {
    if (this.paired || !this.creds.me) return false
    await this.reset()
    return true
  }

  async reset(): Promise<void> {
    await this.#saving
    await this.#rows.clear()
    this.creds = initAuthCreds()
  }

  async flush(): Promise<void> {
    await this.decrypted.end()
    await this.#saving
    if (!this.#changed) return
    // The last time had failed: once more, now.
    clearTimeout(this.#again)
    this.#again = undefined
    this.saveCreds()
    await this.#saving
  }

  async end(): Promise<void> {
    const lent = this.#lent
    this.#lent = new Lent()
    await lent.takeBack(TAKE_BACK_MS)
    await this.flush()
  }

  async #saveWhileChanged(): Promise<void> {
    // The library changes several fields in one go: let it finish.
    await null
    while (this.#changed) {
      this.#changed = false
      try {
        await this.#rows.write(new Map([[CREDS, encode(this.creds)]]))
      } catch (error) {
        // Whoever lost the account has nothing more to say. Otherwise it is not written yet: a lost pairing is not for a moment's outage.
        if (error instanceof FencedError) return
        this.#changed = true
        this.#again ??= setTimeout(() => {
          this.#again = undefined
          this.saveCreds()
        }, AGAIN_MS)
        this.#again.unref()
        return
      }
    }
  }

  async #get<T extends keyof SignalDataTypeMap>(
    type: T,
    ids: string[],
  ): Promise<Record<string, SignalDataTypeMap[T]>> {
    const texts = await this.#rows.read(ids.map((id) => `${type}:${id}`))
    const found: Record<string, SignalDataTypeMap[T]> = {}
    for (const id of ids) {
      const text = texts.get(`${type}:${id}`)
      if (text === undefined) continue
      const value = decode<SignalDataTypeMap[T]>(text)
      found[id] =
        type === 'app-state-sync-key'
          ? (proto.Message.AppStateSyncKeyData.fromObject(value as object) as unknown as SignalDataTypeMap[T])
          : value
    }
    return found
  }

  async #set(data: SignalDataSet): Promise<void> {
    const changes = changesOf(data)
    if (changes.size > 0) await this.#rows.write(changes)
  }

  /** Writes the keys that a decryption has changed with what it made, or neither. Rejects with FencedError or StoreError. */
  setOpened(data: SignalDataSet, hash: string, opened: Opened): Promise<void> {
    return this.decrypted.write(changesOf(data), hash, opened)
  }
}

function changesOf(data: SignalDataSet): Map<string, string | null> {
  const changes = new Map<string, string | null>()
  for (const [type, byId] of Object.entries(data))
    for (const [id, value] of Object.entries(byId ?? {}))
      changes.set(`${type}:${id}`, value == null ? null : encode(value))
  return changes
}

/** Reads an account's credentials, or makes new ones that are not yet stored. Rejects with StoreError. */
export async function loadAuth(at: AuthPlace): Promise<StoredAuth> {
  const rows = new AuthRows(at)
  const text = (await rows.read([CREDS])).get(CREDS)
  const auth = new StoredAuth(rows, text === undefined ? initAuthCreds() : decode<AuthenticationCreds>(text))
  await auth.decrypted.load()
  return auth
}

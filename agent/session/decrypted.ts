// What one account has decrypted and nobody may decrypt again: it is answered from here until it is an inbound message, whatever dies in between.

import { LRUCache } from 'lru-cache'
import { type AuthRows, FencedError } from '../store/auth-rows.ts'
import { type Opened, pack, unpack } from './opened.ts'

/**
 * `open`: nobody was told. `told`: handed to the inbox. `kept`: it is an inbound message in the store, or need not be one; a server that
 * has not seen the receipt may still repeat it.
 */
type Where = 'open' | 'told' | 'kept'

interface Known {
  hashes: Set<string>
  where: Where
}

export interface DecryptedLimits {
  /** How long a kept one is still answered from here, in milliseconds. */
  holdMs: number
  /** Ciphertexts of one account; above this the oldest go. */
  most: number
  /** So many are forgotten together, in a transaction that is written anyway. */
  together: number
}

const usual: DecryptedLimits = { holdMs: 15_000, most: 10_000, together: 32 }
/** Messages of which is remembered that they are kept. */
const REMEMBERED = 1_000

/** How long others may join a deletion, in milliseconds. */
const SOON_MS = 200

export class Decrypted {
  #rows: AuthRows
  #limits: DecryptedLimits
  /** Of which message a hash is, the oldest first; the plaintexts are in the store alone. */
  #messages = new Map<string, string>()
  #known = new Map<string, Known>()
  /** When each was kept, in milliseconds since the epoch, the longest kept first. */
  #held = new Map<string, number>()
  #kept = new LRUCache<string, true>({ max: REMEMBERED })
  #timer: NodeJS.Timeout | undefined
  /** Hashes that need not wait. */
  #spent: string[] = []
  #soon: NodeJS.Timeout | undefined
  #busy = new Set<Promise<unknown>>()
  /** Messages by the hashes of which nobody knows whether they were written. */
  #doubtful = new LRUCache<string, string>({ max: REMEMBERED })
  /** Milliseconds since the epoch: their order is the order of the decryptions, whatever the clock does. */
  #lastAt = 0

  constructor(rows: AuthRows, limits: Partial<DecryptedLimits> = {}) {
    this.#rows = rows
    this.#limits = { ...usual, ...limits }
  }

  /** How many ciphertexts are known. */
  get size(): number {
    return this.#messages.size
  }

  /** Learns what earlier runs have left. Rejects with StoreError. */
  async load(): Promise<void> {
    const rows = await this.#rows.decrypted(({ hash, openedAt, value }) => {
      return { hash, openedAt, message: unpack(value).message }
    })
    for (const { hash, openedAt, message } of rows) {
      this.#lastAt = Math.max(this.#lastAt, openedAt)
      this.#add(hash, message)
    }
  }

  /**
   * The plaintext of a ciphertext that was decrypted before, as the same message; of a write that nobody heard of the store knows. Rejects
   * with StoreError.
   */
  async recall(hash: string, message: string): Promise<Uint8Array | undefined> {
    // The same bytes under another name are somebody else's attempt, which fails as it should.
    if ((this.#messages.get(hash) ?? this.#doubtful.get(hash)) !== message) return undefined
    const value = await this.#rows.decryptedOf(hash)
    if (!value) return undefined
    if (this.#doubtful.delete(hash) && !this.#messages.has(hash)) this.#add(hash, message)
    return unpack(value).plain
  }

  /** Writes keys that a decryption has changed, and what it made, in one transaction. Rejects with FencedError or StoreError. */
  async write(changes: ReadonlyMap<string, string | null>, hash: string, opened: Opened): Promise<void> {
    const now = Date.now()
    const openedAt = Math.max(this.#lastAt + 1, now)
    this.#lastAt = openedAt
    const forget = this.#surplus(now)
    try {
      await this.#rows.write(changes, {
        decrypted: { hash, openedAt, value: pack({ ...opened, openedAt }) },
        forget,
      })
    } catch (error) {
      if (!(error instanceof FencedError)) this.#doubtful.set(hash, opened.message)
      throw error
    }
    this.#doubtful.delete(hash)
    this.#drop(forget)
    this.#add(hash, opened.message)
  }

  /** It was handed to the inbox, which says later that it is kept. */
  told(message: string): void {
    const known = this.#known.get(message)
    if (known?.where === 'open') known.where = 'told'
  }

  /**
   * It is in the store, or nobody wants it.
   * @param whole false where it could not be read: what comes under its id later is not kept yet, and what was handed over under it still
   * waits for the store
   */
  settled(message: string, whole = true): void {
    if (whole) this.#kept.set(message, true)
    const known = this.#known.get(message)
    if (known && (whole || known.where !== 'told')) this.#hold(message, known)
  }

  /** An earlier run has kept it: there is no need to wait, or runs that die soon would leave more and more behind. */
  spent(message: string): void {
    this.settled(message)
    this.#spent.push(...(this.#known.get(message)?.hashes ?? []))
    this.#soon ??= setTimeout(() => {
      this.#soon = undefined
      this.#forget(this.#spent.splice(0)).catch(() => {})
    }, SOON_MS)
    this.#soon.unref()
  }

  /** Whether it is known to be in the store, or wanted by nobody. */
  isKept(message: string): boolean {
    return this.#kept.has(message)
  }

  /**
   * What was decrypted and handed to nobody, the oldest first, each message with all of its parts. Rejects with StoreError.
   * @param most messages; the others come when of these was told
   */
  async untold(most = Number.POSITIVE_INFINITY): Promise<[Opened, ...Opened[]][]> {
    const all: [Opened, ...Opened[]][] = []
    for (const [hash, message] of [...this.#doubtful]) await this.recall(hash, message)
    for (const known of [...this.#known.values()]) {
      if (all.length >= most) break
      if (known.where !== 'open') continue
      const values = await Promise.all([...known.hashes].map((hash) => this.#rows.decryptedOf(hash)))
      const [first, ...others] = values.flatMap((value) => (value ? [unpack(value)] : []))
      if (first) all.push([first, ...others])
      // Another run has forgotten it.
      else known.where = 'told'
    }
    return all
  }

  /** Whoever waits for `idle` waits for this too. */
  during<T>(work: Promise<T>): Promise<T> {
    const ended: Promise<unknown> = work.catch(() => {}).finally(() => this.#busy.delete(ended))
    this.#busy.add(ended)
    return work
  }

  /** Resolves when nothing is being decrypted or handed over. Never rejects. */
  async idle(): Promise<void> {
    while (this.#busy.size > 0) await Promise.all(this.#busy)
  }

  /**
   * At an orderly end: the receipts have left, what is kept need not be answered again. What cannot be forgotten is a repeat to the next
   * run. Never rejects.
   */
  async end(): Promise<void> {
    await this.idle()
    clearTimeout(this.#timer)
    clearTimeout(this.#soon)
    this.#timer = undefined
    this.#soon = undefined
    this.#spent = []
    await this.#forget(this.#heldUntil(Number.POSITIVE_INFINITY)).catch(() => {})
  }

  async #forget(hashes: string[]): Promise<void> {
    if (hashes.length === 0) return
    await this.#rows.write(new Map(), { forget: hashes })
    this.#drop(hashes)
  }

  #add(hash: string, message: string): void {
    this.#messages.set(hash, message)
    const known: Known = this.#known.get(message) ?? { hashes: new Set(), where: 'open' }
    known.hashes.add(hash)
    known.where = 'open'
    this.#known.set(message, known)
    this.#held.delete(message)
    // Of one that is kept already it is a repeat under another ciphertext.
    if (this.#kept.has(message)) this.#hold(message, known)
  }

  #hold(message: string, known: Known): void {
    known.where = 'kept'
    this.#held.delete(message)
    this.#held.set(message, Date.now())
    this.#timer ??= this.#later()
  }

  #drop(hashes: readonly string[]): void {
    for (const hash of hashes) {
      const message = this.#messages.get(hash)
      if (message === undefined) continue
      this.#messages.delete(hash)
      const known = this.#known.get(message)
      known?.hashes.delete(hash)
      if (known?.hashes.size !== 0) continue
      this.#known.delete(message)
      this.#held.delete(message)
    }
  }

  /** What goes with the next write: enough that it is worth a statement, or more than there may be. */
  #surplus(now: number): string[] {
    const { holdMs, together, most } = this.#limits
    const old = this.#heldUntil(now - holdMs)
    if (old.length >= together) return old
    const over = this.#messages.size + 1 - most
    return over > 0 ? [...this.#messages.keys()].slice(0, over) : []
  }

  #heldUntil(at: number): string[] {
    const hashes: string[] = []
    for (const [message, heldAt] of this.#held) {
      if (heldAt > at) break
      hashes.push(...(this.#known.get(message)?.hashes ?? []))
    }
    return hashes
  }

  /** For an account that writes nothing more. */
  #later(): NodeJS.Timeout {
    const { holdMs } = this.#limits
    const timer = setTimeout(() => {
      this.#timer = undefined
      this.#forget(this.#heldUntil(Date.now() - holdMs))
        .catch((error) => {
          // Whoever has the account now forgets. What only cannot be forgotten yet is forgotten later.
          if (error instanceof FencedError) this.#held.clear()
        })
        .finally(() => {
          if (this.#held.size > 0) this.#timer ??= this.#later()
        })
    }, holdMs)
    timer.unref()
    return timer
  }
}

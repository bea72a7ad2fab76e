// Who holds which token of the file: a changed file counts at once, a broken one takes nobody's right away and gives none.

import { hash } from 'node:crypto'
import { statSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { LRUCache } from 'lru-cache'
import type { Caller } from './caller.ts'
import { expired, matches, partsOf, readTokens, type TokenEntry } from './token-file.ts'

/** What another reading of the file found, by the names of the tokens. */
export interface TokenChange {
  added: string[]
  removed: string[]
  changed: string[]
}

export interface BookSettings {
  /** Pools that exist; an entry that names another one is told of. */
  pools?: readonly string[]
  /** Told of what changed in the file since it was read before; not of the first reading. */
  onChange?: (change: TokenChange) => void
}

export class TokenBook {
  #file: string
  #entries = new Map<string, TokenEntry>()
  #stamp: string | null = null
  /** Digests of tokens that were right, so that scrypt runs once for each. */
  #proven = new LRUCache<string, TokenEntry>({ max: 1_000 })
  #proving = new Map<string, Promise<TokenEntry | null>>()
  #say: (message: string) => void
  #settings: BookSettings

  /** @param say what is wrong with the file; one that cannot be read leaves the old tokens in force */
  constructor(file: string, say: (message: string) => void, settings: BookSettings = {}) {
    this.#file = file
    this.#say = say
    this.#settings = settings
    this.#load()
  }

  get size(): number {
    return this.#entries.size
  }

  /** Who holds the token; null when nobody does, or its time is over. */
  async caller(token: string): Promise<Caller | null> {
    const entry = await this.prove(token)
    return entry && !expired(entry, Date.now()) ? callerOf(entry) : null
  }

  /** The entry of a token that is right, even one whose time is over; null for everything else. */
  async prove(token: string): Promise<TokenEntry | null> {
    this.#load()
    const digest = hash('sha256', token)
    const proven = this.#proven.get(digest)
    if (proven) return proven
    // Asked a hundred times at once, the hash is worked out once.
    const underWay = this.#proving.get(digest) ?? this.#work(token, digest)
    this.#proving.set(digest, underWay)
    return underWay.finally(() => this.#proving.delete(digest))
  }

  async #work(token: string, digest: string): Promise<TokenEntry | null> {
    const parts = partsOf(token)
    const entry = parts ? this.#entries.get(parts.id) : undefined
    if (!parts || !entry || !(await matches(parts.secret, entry))) return null
    // The file may have changed meanwhile: what it no longer says must not be remembered.
    if (this.#entries.get(entry.id) === entry) this.#proven.set(digest, entry)
    return entry
  }

  /** Reads the file again when it changed. */
  #load(): void {
    const stat = statSync(this.#file, { throwIfNoEntry: false })
    const stamp = stat ? `${stat.mtimeMs} ${stat.ino} ${stat.size}` : ''
    if (stamp === this.#stamp) return
    const first = this.#stamp === null
    this.#stamp = stamp
    try {
      const before = this.#entries
      this.#entries = new Map(readTokens(this.#file).map((entry) => [entry.id, entry]))
      this.#proven.clear()
      this.#sayStrangers()
      const change = changeOf(before, this.#entries)
      if (!first && Object.values(change).some((names) => names.length > 0)) this.#settings.onChange?.(change)
    } catch (error) {
      this.#say((error as Error).message)
    }
  }

  /** A pool that does not exist is told and harms nobody: its holder sees the others. */
  #sayStrangers(): void {
    const { pools: known } = this.#settings
    if (!known) return
    for (const { name, pools = [] } of this.#entries.values())
      for (const pool of pools)
        if (!known.includes(pool))
          this.#say(`${this.#file}: token "${name}": found pool "${pool}", allowed: ${known.join(', ')}`)
  }
}

/** What the holder of the token may do. */
export function callerOf({ name, role, pools }: TokenEntry): Caller {
  return { name, role, via: 'token', ...(pools && { pools }) }
}

function changeOf(
  before: ReadonlyMap<string, TokenEntry>,
  after: ReadonlyMap<string, TokenEntry>,
): TokenChange {
  const names = (entries: Iterable<TokenEntry>): string[] => [...entries].map(({ name }) => name)
  const all = [...after.values()]
  return {
    added: names(all.filter(({ id }) => !before.has(id))),
    removed: names([...before.values()].filter(({ id }) => !after.has(id))),
    changed: names(
      all.filter((entry) => before.has(entry.id) && !isDeepStrictEqual(before.get(entry.id), entry)),
    ),
  }
}

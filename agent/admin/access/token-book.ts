// Who holds which token of the file: a changed file counts at once, a broken one takes nobody's right away and gives none, and one that is gone takes all.

import { hash } from 'node:crypto'
import { statSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { LRUCache } from 'lru-cache'
import type { Caller } from './caller.ts'
import { HashTurns } from './hash-turns.ts'
import { expired, matches, partsOf, readTokenFile, type TokenEntry, TokenFileError } from './token-file.ts'

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
  /** Told why the file cannot be read or that it is gone, once for each reason, instead of `say`; and null when it can be read again. */
  onTrouble?: (detail: string | null) => void
}

/** Asked before a hash is worked out for a token of this id; throws where the caller may not cost one. */
export type Admit = (id: string) => void

/** How often a file is tried again that cannot be read and does not change, in milliseconds: a right can be given elsewhere. */
const AGAIN_MS = 1_000
/** The stamp of a file that is not there. */
const ABSENT = 'absent'

export class TokenBook {
  #file: string
  #entries = new Map<string, TokenEntry>()
  /** Of the file when it was last read well. */
  #stamp: string | null = null
  #trouble: { detail: string; stamp: string; againAt: number } | null = null
  /** Which hash a token went with, by digest of the token, so that scrypt runs once for each; the file says what that is worth now. */
  #proven = new LRUCache<string, string>({ max: 1_000 })
  #proving = new Map<string, Promise<TokenEntry | null>>()
  #turns = new HashTurns()
  #say: (message: string) => void
  #settings: BookSettings

  /** @param say what is wrong with the file; one that cannot be read leaves the old tokens in force, one that is gone does not */
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

  /** The entry of a token that is right, even one whose time is over; null for everything else. Rejects with LockedOut, or what `admit` throws. */
  async prove(token: string, admit: Admit = () => {}): Promise<TokenEntry | null> {
    this.#load()
    const parts = partsOf(token)
    if (!parts || !this.#entries.has(parts.id)) return null
    const digest = hash('sha256', token)
    const proven = this.#find(parts.id, digest)
    if (proven) return proven
    // Asked a hundred times at once, the hash is worked out once.
    let underWay = this.#proving.get(digest)
    if (!underWay) {
      admit(parts.id)
      underWay = this.#turns
        .take(parts.id, () => this.#work(parts, digest))
        .finally(() => this.#proving.delete(digest))
      this.#proving.set(digest, underWay)
    }
    return underWay
  }

  #find(id: string, digest: string): TokenEntry | null {
    const entry = this.#entries.get(id)
    return entry && this.#proven.get(digest) === entry.hash ? entry : null
  }

  async #work({ id, secret }: { id: string; secret: string }, digest: string): Promise<TokenEntry | null> {
    const entry = this.#entries.get(id)
    if (!entry || !(await matches(secret, entry))) return null
    this.#proven.set(digest, entry.hash)
    // The file may have changed meanwhile.
    return this.#find(id, digest)
  }

  /** Reads the file again when it changed. */
  #load(): void {
    const stamp = stampOf(this.#file)
    if (stamp === this.#stamp) {
      if (stamp !== ABSENT) this.#well()
      return
    }
    if (this.#trouble?.stamp === stamp && performance.now() < this.#trouble.againAt) return
    try {
      const found = readTokenFile(this.#file)
      const had = this.#entries.size
      // Whoever cuts a file off and writes it anew has it empty for a moment; nobody means that by it.
      if (found === 'empty' && had > 0)
        throw new TokenFileError(`${this.#file} is empty; allowed: "tokens: []" where nobody has one`)
      this.#take(typeof found === 'string' ? [] : found)
      this.#stamp = found === 'absent' ? ABSENT : stamp
      if (found !== 'absent') this.#well()
      else if (had > 0)
        this.#tell(`${this.#file} is gone: its ${had} tokens are nobody's until it is back`, ABSENT)
    } catch (error) {
      this.#tell((error as Error).message, stamp)
    }
  }

  #take(entries: readonly TokenEntry[]): void {
    const before = this.#entries
    this.#entries = new Map(entries.map((entry) => [entry.id, entry]))
    this.#sayStrangers()
    const change = changeOf(before, this.#entries)
    const isFirst = this.#stamp === null
    if (!isFirst && Object.values(change).some((names) => names.length > 0)) this.#settings.onChange?.(change)
  }

  #tell(detail: string, stamp: string): void {
    if (this.#trouble?.detail !== detail) (this.#settings.onTrouble ?? this.#say)(detail)
    this.#trouble = { detail, stamp, againAt: performance.now() + AGAIN_MS }
  }

  #well(): void {
    if (this.#trouble) this.#settings.onTrouble?.(null)
    this.#trouble = null
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

/** What changes whenever the file does, its owner and mode included, or why it cannot be asked. */
function stampOf(file: string): string {
  try {
    const stat = statSync(file, { bigint: true, throwIfNoEntry: false })
    return stat ? `${stat.mtimeNs} ${stat.ctimeNs} ${stat.dev} ${stat.ino} ${stat.size}` : ABSENT
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'unknown'
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

// Admin tokens: the file keeps scrypt hashes, a token is shown once when it is made, and comparing takes the same time right or wrong.

import { createHash, randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { LRUCache } from 'lru-cache'
import { parse, stringify, YAMLParseError } from 'yaml'
import { z } from 'zod'

export const roles = ['viewer', 'operator', 'admin'] as const
export type Role = (typeof roles)[number]

const entrySchema = z.strictObject({
  id: z.string().regex(/^[0-9a-f]{8}$/, 'eight hexadecimal characters'),
  name: z.string().min(1).max(64),
  role: z.enum(roles),
  hash: z.string().regex(/^scrypt:[0-9a-f]{32}:[0-9a-f]{64}$/, 'made by "linda token create"'),
})
const fileSchema = z.strictObject({ tokens: z.array(entrySchema).max(1000) })

export type TokenEntry = z.infer<typeof entrySchema>

/** Who is asking. */
export interface Caller {
  name: string
  role: Role
  /** The one account whose linking page it may follow, and nothing else; absent for the holder of a token in the file. */
  only?: string
  /** When that ends, in milliseconds since the epoch. */
  until?: number
}

const derive = promisify(scrypt) as (secret: string, salt: Uint8Array, length: number) => Promise<Buffer>

/** Makes a token and what the file keeps of it. */
export async function mintToken(name: string, role: Role): Promise<{ token: string; entry: TokenEntry }> {
  const id = randomBytes(4).toString('hex')
  const secret = randomBytes(24).toString('base64url')
  const salt = randomBytes(16)
  const hash = await derive(secret, salt, 32)
  const entry = { id, name, role, hash: `scrypt:${salt.toString('hex')}:${hash.toString('hex')}` }
  return { token: `linda_${id}_${secret}`, entry }
}

/** Reads the file's tokens; an absent file has none. Throws an error that names the file and the place. */
export function readTokens(file: string): TokenEntry[] {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw new Error(`admin.tokens_file: cannot read ${file}: ${(error as Error).message}`)
  }
  try {
    return checked(file, parse(text) ?? { tokens: [] })
  } catch (error) {
    // The parser shows the line it stumbled over; the first line of its message says enough.
    if (error instanceof YAMLParseError) throw new Error(`${file}: ${error.message.split('\n')[0]}`)
    throw error
  }
}

function checked(file: string, value: unknown): TokenEntry[] {
  const parsed = fileSchema.safeParse(value)
  if (parsed.success) return parsed.data.tokens
  const [issue] = parsed.error.issues
  throw new Error(`${file}: ${issue?.path.join('.') || 'the file'}: ${issue?.message}`)
}

/** Adds an entry; throws where the file could not be read with it. The file is replaced in one step and readable by its owner only. */
export function addToken(file: string, entry: TokenEntry): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const next = `${file}.new`
  // The new file is also the lock: whoever makes it reads what stands there now, and nobody else adds meanwhile.
  const fd = createAlone(next)
  try {
    const tokens = checked(file, { tokens: [...readTokens(file), entry] })
    writeSync(fd, stringify({ tokens }))
    renameSync(next, file)
  } catch (error) {
    rmSync(next, { force: true })
    throw error
  } finally {
    closeSync(fd)
  }
}

/** Creates the file that nobody else may be making; waits a little for one who is. */
function createAlone(file: string): number {
  for (let tries = 0; ; tries++) {
    try {
      return openSync(file, 'wx', 0o600)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || tries >= 40) {
        const why =
          (error as NodeJS.ErrnoException).code === 'EEXIST'
            ? 'it exists; remove it when nobody else is adding a token'
            : (error as Error).message
        throw new Error(`cannot write ${file}: ${why}`)
      }
      // Synchronous: the command has nothing else to do.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50)
    }
  }
}

export class TokenBook {
  #file: string
  #entries = new Map<string, TokenEntry>()
  #stamp = -1
  /** Digests of tokens that were right, so that scrypt runs once for each. */
  #proven = new LRUCache<string, Caller>({ max: 1_000 })
  #proving = new Map<string, Promise<Caller | null>>()
  #onUnreadable: (message: string) => void

  /** @param onUnreadable a changed file that cannot be read leaves the old tokens in force and says so here */
  constructor(file: string, onUnreadable: (message: string) => void) {
    this.#file = file
    this.#onUnreadable = onUnreadable
    this.#load()
  }

  get size(): number {
    return this.#entries.size
  }

  /** Who holds the token; null when nobody does. */
  async caller(token: string): Promise<Caller | null> {
    this.#load()
    const digest = createHash('sha256').update(token).digest('hex')
    const proven = this.#proven.get(digest)
    if (proven) return proven
    // Asked a hundred times at once, the hash is worked out once.
    const underWay = this.#proving.get(digest) ?? this.#prove(token, digest)
    this.#proving.set(digest, underWay)
    return underWay.finally(() => this.#proving.delete(digest))
  }

  async #prove(token: string, digest: string): Promise<Caller | null> {
    const [, id, secret] = /^linda_([0-9a-f]{8})_([\w-]{32})$/.exec(token) ?? []
    const entry = id === undefined ? undefined : this.#entries.get(id)
    if (!entry || secret === undefined) return null
    const [, salt = '', hash = ''] = entry.hash.split(':')
    const derived = await derive(secret, Buffer.from(salt, 'hex'), 32)
    if (!timingSafeEqual(derived, Buffer.from(hash, 'hex'))) return null
    const caller = { name: entry.name, role: entry.role }
    // The file may have changed meanwhile: what it no longer says must not be remembered.
    if (this.#entries.get(entry.id) === entry) this.#proven.set(digest, caller)
    return caller
  }

  /** Reads the file again when it changed. */
  #load(): void {
    const stamp = statSync(this.#file, { throwIfNoEntry: false })?.mtimeMs ?? 0
    if (stamp === this.#stamp) return
    this.#stamp = stamp
    try {
      this.#entries = new Map(readTokens(this.#file).map((entry) => [entry.id, entry]))
      this.#proven.clear()
    } catch (error) {
      this.#onUnreadable((error as Error).message)
    }
  }
}

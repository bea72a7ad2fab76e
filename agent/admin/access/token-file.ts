// The file of admin tokens: scrypt hashes, roles, pools and expiries; it is replaced in one step, by one process at a time.

import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { closeSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { parse, stringify, YAMLParseError } from 'yaml'
import { z } from 'zod'
import { type Role, roles } from './roles.ts'

const entrySchema = z.strictObject({
  id: z.string().regex(/^[0-9a-f]{8}$/, 'eight hexadecimal characters'),
  name: z.string().min(1).max(64),
  role: z.enum(roles),
  /** The only pools that its holder may see and change; all, where it is left out. */
  pools: z
    .array(z.string().regex(/^[a-z][a-z0-9-]{1,31}$/, 'the id of a pool'))
    .max(1000)
    .optional(),
  /** From then on it is nobody's. */
  expires: z.iso.datetime({ offset: true, error: 'a time such as 2027-02-01T00:00:00Z' }).optional(),
  /** Good only together with the signed identity of a Grafana user. */
  grafana: z.literal('required').optional(),
  hash: z.string().regex(/^scrypt:[0-9a-f]{32}:[0-9a-f]{64}$/, 'made by "linda token create"'),
})
const fileSchema = z.strictObject({ tokens: z.array(entrySchema).max(1000) })

export type TokenEntry = z.infer<typeof entrySchema>
export type TokenLimits = Pick<TokenEntry, 'pools' | 'expires' | 'grafana'>

const derive = promisify(scrypt) as (secret: string, salt: Uint8Array, length: number) => Promise<Buffer>

/** Makes a token and what the file keeps of it. */
export async function mintToken(
  name: string,
  role: Role,
  limits: TokenLimits = {},
): Promise<{ token: string; entry: TokenEntry }> {
  const id = randomBytes(4).toString('hex')
  const secret = randomBytes(24).toString('base64url')
  const salt = randomBytes(16)
  const hash = await derive(secret, salt, 32)
  const made = `scrypt:${salt.toString('hex')}:${hash.toString('hex')}`
  return { token: `linda_${id}_${secret}`, entry: { id, name, role, ...limits, hash: made } }
}

/** Id and secret of a token of this form; null for anything else. */
export function partsOf(token: string): { id: string; secret: string } | null {
  const [, id, secret] = /^linda_([0-9a-f]{8})_([\w-]{32})$/.exec(token) ?? []
  return id === undefined || secret === undefined ? null : { id, secret }
}

/** Whether the secret is the entry's; takes the same time right or wrong. */
export async function matches(secret: string, { hash }: TokenEntry): Promise<boolean> {
  const [, salt = '', kept = ''] = hash.split(':')
  const derived = await derive(secret, Buffer.from(salt, 'hex'), 32)
  return timingSafeEqual(derived, Buffer.from(kept, 'hex'))
}

/** Whether its time is over. @param now milliseconds since the epoch */
export function expired({ expires }: Pick<TokenEntry, 'expires'>, now: number): boolean {
  return expires !== undefined && Date.parse(expires) <= now
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

/** Adds an entry; throws where the file could not be read with it. */
export function addToken(file: string, entry: TokenEntry): void {
  change(file, (tokens) => [...tokens, entry])
}

/** Takes the entry with this id away and answers it; null, and the file stays as it is, where there is none. */
export function removeToken(file: string, id: string): TokenEntry | null {
  const found = readTokens(file).find((entry) => entry.id === id)
  if (found) change(file, (tokens) => tokens.filter((entry) => entry.id !== id))
  return found ?? null
}

/** The file is replaced in one step and readable by its owner only; what fails leaves it as it was. */
function change(file: string, to: (tokens: TokenEntry[]) => TokenEntry[]): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const next = `${file}.new`
  // The new file is also the lock: whoever makes it reads what stands there now, and nobody else changes it meanwhile.
  const fd = createAlone(next)
  try {
    const tokens = checked(file, { tokens: to(readTokens(file)) })
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
            ? 'it exists; remove it when nobody else is changing the tokens'
            : (error as Error).message
        throw new Error(`cannot write ${file}: ${why}`)
      }
      // Synchronous: the command has nothing else to do.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50)
    }
  }
}

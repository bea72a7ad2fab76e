// The file of admin tokens: scrypt hashes, roles, pools and expiries; it is replaced in one step, by one process at a time.

import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import {
  closeSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { parse, stringify, YAMLParseError } from 'yaml'
import { z } from 'zod'
import { makeFolder } from '../../store/folder.ts'
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
const fileSchema = z.strictObject({
  tokens: z
    .array(entrySchema)
    .max(1000)
    .superRefine((entries, context) => {
      // Only one of them could be found.
      const first = new Map<string, number>()
      for (const [index, { id, name }] of entries.entries()) {
        const other = entries[first.get(id) ?? -1]?.name
        first.set(id, first.get(id) ?? index)
        const message = `found ${id} for "${name}" and for "${other}", allowed: an id of its own for each`
        if (other !== undefined) context.addIssue({ code: 'custom', path: [index, 'id'], message })
      }
    }),
})

export type TokenEntry = z.infer<typeof entrySchema>
export type TokenLimits = Pick<TokenEntry, 'pools' | 'expires' | 'grafana'>

/** The file of tokens cannot be read or written as it is; the message names it and says why. */
export class TokenFileError extends Error {}

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

/** What stands in the file: its tokens, or that it is empty, or absent. Throws TokenFileError, which names the place too. */
export function readTokenFile(file: string): TokenEntry[] | 'empty' | 'absent' {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'absent'
    throw new TokenFileError(`admin.tokens_file: cannot read ${file}: ${(error as Error).message}`)
  }
  try {
    const value: unknown = parse(text)
    return value === null ? 'empty' : checked(file, value)
  } catch (error) {
    // The parser shows the line it stumbled over; the first line of its message says enough.
    if (error instanceof YAMLParseError) throw new TokenFileError(`${file}: ${error.message.split('\n')[0]}`)
    throw error
  }
}

/** Reads the file's tokens; an absent or empty file has none. Throws TokenFileError. */
export function readTokens(file: string): TokenEntry[] {
  const found = readTokenFile(file)
  return typeof found === 'string' ? [] : found
}

function checked(file: string, value: unknown): TokenEntry[] {
  const parsed = fileSchema.safeParse(value)
  if (parsed.success) return parsed.data.tokens
  const [issue] = parsed.error.issues
  throw new TokenFileError(`${file}: ${issue?.path.join('.') || 'the file'}: ${issue?.message}`)
}

/** Adds an entry; throws TokenFileError where the file could not be read with it. */
export function addToken(file: string, entry: TokenEntry): void {
  change(file, (tokens) => [...tokens, entry])
}

/** Takes the entry with this id away and answers it; null, and the file stays as it is, where there is none. */
export function removeToken(file: string, id: string): TokenEntry | null {
  const found = readTokens(file).find((entry) => entry.id === id)
  if (found) change(file, (tokens) => tokens.filter((entry) => entry.id !== id))
  return found ?? null
}

/** The file is replaced in one step and belongs to whom it belonged; what fails leaves it as it was, and what is done outlives a power cut. */
function change(file: string, to: (tokens: TokenEntry[]) => TokenEntry[]): void {
  try {
    makeFolder(dirname(file))
  } catch (error) {
    throw new TokenFileError(`cannot make the folder of ${file}: ${(error as Error).message}`)
  }
  const next = `${file}.new`
  // The new file is also the lock: whoever makes it reads what stands there now, and nobody else changes it meanwhile.
  const fd = createAlone(next)
  try {
    const tokens = checked(file, { tokens: to(readTokens(file)) })
    keepOwner(fd, file)
    // All of it or an error: half a list would put everybody else out.
    writeFileSync(fd, stringify({ tokens }), { flush: true })
    renameSync(next, file)
  } catch (error) {
    rmSync(next, { force: true })
    if (error instanceof TokenFileError) throw error
    throw new TokenFileError(`cannot write ${file}: ${(error as Error).message}`)
  } finally {
    closeSync(fd)
  }
  syncFolder(dirname(file))
}

/** Whoever may read the old file may read the new one: root changes the tokens, and the agent is somebody else. */
function keepOwner(fd: number, file: string): void {
  const old = statSync(file, { throwIfNoEntry: false })
  if (!old) return
  const { uid, gid } = fstatSync(fd)
  if (uid !== old.uid || gid !== old.gid)
    try {
      fchownSync(fd, old.uid, old.gid)
    } catch {
      const whose = `it belongs to user ${old.uid}, group ${old.gid}`
      throw new TokenFileError(`cannot write ${file}: ${whose}, and would be another one's; run this as they`)
    }
  fchmodSync(fd, old.mode & 0o777)
}

/** Without it the name of the file could lead to the old one again after a power cut. */
function syncFolder(folder: string): void {
  const fd = openSync(folder, 'r')
  try {
    fsyncSync(fd)
  } catch {
    // Some file systems cannot; the file is replaced all the same.
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
        throw new TokenFileError(`cannot write ${file}: ${why}`)
      }
      // Synchronous: the command has nothing else to do.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50)
    }
  }
}

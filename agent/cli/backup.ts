// `linda backup FILE` and `linda restore FILE`: a backup is taken through the running agent, or straight from a store that nobody has open.

import { createReadStream, createWriteStream, existsSync } from 'node:fs'
import { open as openFile, rename, rm } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { Readable, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import { loadConfig } from '../config/load.ts'
import { Bus } from '../events.ts'
import { dumpTo, load } from '../store/backup.ts'
import { openStore } from '../store/open.ts'
import { type Sql, StoreError } from '../store/sql.ts'
import { askAgent } from './agent-api.ts'
import type { CommandIo } from './io.ts'

const WITHIN_MS = 30 * 60_000

/** Writes FILE (gzip, JSON lines, readable by its owner only) whole or not at all. Answers the exit status; rejects as its parts do. */
export async function backup(
  file: string,
  config: string | undefined,
  io: CommandIo,
  json = false,
): Promise<number> {
  if (existsSync(file)) {
    io.err(`${file} exists already; a backup is never written over another\n`)
    return 2
  }
  const partial = `${file}.partial`
  try {
    const zip = createGzip()
    const zipped = pipeline(zip, createWriteStream(partial, { mode: 0o600 }))
    zipped.catch(() => {}) // heard below
    await (io.env.LINDA_TOKEN_FILE ? fromAgent(io, zip) : fromStore(config, io, zip))
    await zipped
    await durable(partial)
    await rename(partial, file)
    await durable(dirname(resolve(file)))
  } catch (error) {
    await rm(partial, { force: true })
    if ((error as NodeJS.ErrnoException).syscall)
      throw new StoreError(`cannot write ${file}: ${(error as Error).message}`, { cause: error })
    throw error
  }
  io.err(`wrote ${file}\n`)
  if (json) io.out(`${JSON.stringify({ file })}\n`)
  return 0
}

async function fromAgent(io: CommandIo, out: Writable): Promise<void> {
  const response = await askAgent('/api/store/backup', io, { timeoutMs: WITHIN_MS })
  const lines = createInterface({ input: Readable.fromWeb(response.body as never) })
  await pipeline(Readable.from(whole(lines)), out)
}

/** Passes the lines on; rejects where the last one does not end a backup, as when the agent died while it wrote. */
async function* whole(lines: AsyncIterable<string>): AsyncGenerator<string> {
  let last = ''
  for await (const line of lines) {
    last = line
    yield `${line}\n`
  }
  if (!last.startsWith('{"rows":'))
    throw new StoreError('the agent ended the backup before its last line; try again')
}

async function fromStore(config: string | undefined, io: CommandIo, out: Writable): Promise<void> {
  const sql = await open(config, io, true)
  try {
    await dumpTo(sql, out)
  } finally {
    await sql.close()
  }
}

/** Resolves when the file, or the name of one in a directory, is on the disk, not only in its cache. */
async function durable(file: string): Promise<void> {
  const handle = await openFile(file, 'r')
  await handle.sync()
  await handle.close()
}

/** Fills the configured store, which must be empty, from FILE. Answers the exit status; rejects as its parts do. */
export async function restore(
  file: string,
  config: string | undefined,
  io: CommandIo,
  json = false,
): Promise<number> {
  if (!existsSync(file)) {
    io.err(`${file}: no such file\n`)
    return 2
  }
  const sql = await open(config, io, false)
  try {
    const rows = await load(sql, linesOf(file))
    io.err(`restored ${rows} rows\n`)
    if (json) io.out(`${JSON.stringify({ file, rows })}\n`)
    return 0
  } finally {
    await sql.close()
  }
}

/** The lines of a gzip file; what cannot be read of it is one clear error, and comes before the last line is believed. */
async function* linesOf(file: string): AsyncGenerator<string> {
  let rest = ''
  try {
    const unzip = createGunzip()
    // An error of either ends the reading of `unzip` with it.
    pipeline(createReadStream(file), unzip).catch(() => {})
    for await (const chunk of unzip.setEncoding('utf8')) {
      const lines = (rest + chunk).split('\n')
      rest = lines.pop() ?? ''
      if (rest.length > LONGEST_LINE) throw new Error('a line is longer than any row')
      yield* lines
    }
  } catch (error) {
    throw new StoreError(`cannot read ${file}: ${(error as Error).message}`, { cause: error })
  }
}

/** Far more than any row has: a few kilobytes. */
const LONGEST_LINE = 16 * 1024 * 1024

async function open(config: string | undefined, io: CommandIo, mustExist: boolean): Promise<Sql> {
  const { store } = loadConfig({ path: config, env: io.env, cwd: io.cwd })
  const file = /^sqlite:(.+)$/.exec(store.url)?.[1]
  if (mustExist && file !== undefined && !existsSync(file))
    throw new StoreError(`${file}: there is no store to back up`)
  return openStore(store.url, new Bus('cli'))
}

// `linda backup FILE` and `linda restore FILE`: a backup is taken through the running agent, or straight from a store that nobody has open.

import { createReadStream, createWriteStream, existsSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import { loadConfig } from '../config/load.ts'
import { Bus } from '../events.ts'
import { dump, load } from '../store/backup.ts'
import { openStore } from '../store/open.ts'
import type { Sql } from '../store/sql.ts'
import { askAgent } from './agent-api.ts'
import type { CheckConfigIo } from './check-config.ts'

const WITHIN_MS = 30 * 60_000

/** Writes FILE (gzip, JSON lines, readable by its owner only) whole or not at all. Answers the exit status; rejects as its parts do. */
export async function backup(file: string, config: string | undefined, io: CheckConfigIo): Promise<number> {
  if (existsSync(file)) {
    io.err(`${file} exists already; a backup is never written over another\n`)
    return 2
  }
  const partial = `${file}.partial`
  try {
    await pipeline(
      io.env.LINDA_TOKEN_FILE ? await fromAgent(io) : fromStore(config, io),
      createGzip(),
      createWriteStream(partial, { mode: 0o600 }),
    )
    await rename(partial, file)
  } catch (error) {
    await rm(partial, { force: true })
    throw error
  }
  io.err(`wrote ${file}\n`)
  return 0
}

async function fromAgent(io: CheckConfigIo): Promise<Readable> {
  const response = await askAgent('/api/store/backup', io, WITHIN_MS)
  const lines = createInterface({ input: Readable.fromWeb(response.body as never) })
  return Readable.from(whole(lines))
}

/** Passes the lines on; rejects where the last one does not end a backup, as when the agent died while it wrote. */
async function* whole(lines: AsyncIterable<string>): AsyncGenerator<string> {
  let last = ''
  for await (const line of lines) {
    last = line
    yield `${line}\n`
  }
  if (!last.startsWith('{"rows":'))
    throw new Error('the agent ended the backup before its last line; try again')
}

function fromStore(config: string | undefined, io: CheckConfigIo): Readable {
  async function* lines(): AsyncGenerator<string> {
    const sql = await open(config, io)
    try {
      // The dump pushes and a stream pulls: line by line, so that neither runs ahead.
      const waiting: string[] = []
      let wake: () => void = () => {}
      let taken: () => void = () => {}
      let done = false
      const dumping = dump(sql, async (line) => {
        waiting.push(line)
        wake()
        if (waiting.length > 1_000) await new Promise<void>((resolve) => (taken = resolve))
      }).finally(() => {
        done = true
        wake()
      })
      dumping.catch(() => {})
      for (;;) {
        while (waiting.length > 0) yield waiting.splice(0).join('')
        taken()
        if (done && waiting.length === 0) break
        await new Promise<void>((resolve) => {
          wake = resolve
          if (waiting.length > 0 || done) resolve()
        })
      }
      await dumping
    } finally {
      await sql.close()
    }
  }
  return Readable.from(lines())
}

/** Fills the configured store, which must be empty, from FILE. Answers the exit status; rejects as its parts do. */
export async function restore(file: string, config: string | undefined, io: CheckConfigIo): Promise<number> {
  if (!existsSync(file)) {
    io.err(`${file}: no such file\n`)
    return 2
  }
  const sql = await open(config, io)
  try {
    const input = createReadStream(file).pipe(createGunzip())
    const lines = createInterface({ input })
    // readline does not pass on the errors of what it reads.
    const failed = new Promise<never>((_, reject) => input.once('error', reject))
    const rows = await Promise.race([load(sql, lines), failed])
    io.err(`restored ${rows} rows\n`)
    return 0
  } finally {
    await sql.close()
  }
}

async function open(config: string | undefined, io: CheckConfigIo): Promise<Sql> {
  const { store } = loadConfig({ path: config, env: io.env, cwd: io.cwd })
  return openStore(store.url, new Bus('cli'))
}

// A backup of the living store: dumped to a file first, so that nobody who reads slowly keeps the store waiting, then sent.

import { createReadStream, createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { Hono } from 'hono'
import type { Bus } from '../events.ts'
import { dumpTo } from '../store/backup.ts'
import type { Sql } from '../store/sql.ts'
import type { AdminEnv } from './auth.ts'
import { serving } from './contract/serve.ts'
import * as endpoints from './endpoints/streams.ts'
import { Problem } from './problem.ts'

export function backupRoutes(sql: Sql, bus: Bus): Hono<AdminEnv> {
  const app = new Hono<AdminEnv>()
  let running = false
  serving(app, bus)(endpoints.backup, async ({ c }) => {
    if (running) throw new Problem(409, 'backup-running', 'another backup is being made; wait for its end')
    running = true
    // Only its owner may look in; what is in clear in the store is in clear in here.
    const directory = await mkdtemp(join(tmpdir(), 'linda-backup-'))
    const file = join(directory, 'lines')
    try {
      const rows = await dumpTo(sql, createWriteStream(file, { mode: 0o600 }))
      bus.emit('store.backed-up', { rows })
    } catch (error) {
      await rm(directory, { recursive: true, force: true })
      throw new Problem(500, 'backup-failed', (error as Error).message)
    } finally {
      running = false
    }
    const lines = createReadStream(file)
    // The file goes when it was read or when the reader has gone.
    void finished(lines)
      .catch(() => {})
      .then(() => rm(directory, { recursive: true, force: true }))
    c.header('content-type', 'application/x-ndjson')
    c.header('cache-control', 'no-store')
    return c.body(Readable.toWeb(lines) as ReadableStream)
  })
  return app
}

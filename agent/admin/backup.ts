// A backup of the living store, streamed while the agent runs: the only way to read a SQLite file that the agent has locked.

import { Hono } from 'hono'
import { stream } from 'hono/streaming'
import type { Bus } from '../events.ts'
import { dump } from '../store/backup.ts'
import type { Sql } from '../store/sql.ts'
import { type AdminEnv, atLeast } from './auth.ts'
import { Problem } from './problem.ts'

/** Lines are gathered to pieces of this size: a chunk for each row would be mostly overhead. */
const PIECE = 64 * 1024

export function backupRoutes(sql: Sql, bus: Bus): Hono<AdminEnv> {
  const app = new Hono<AdminEnv>()
  let running = false
  app.get('/', atLeast('admin', bus), (c) => {
    if (running) throw new Problem(409, 'backup-running', 'another backup is being made; wait for its end')
    running = true
    c.header('content-type', 'application/x-ndjson')
    c.header('cache-control', 'no-store')
    return stream(c, async (out) => {
      let piece = ''
      try {
        const rows = await dump(sql, async (line) => {
          // Whoever hung up must not hold the store's transaction open.
          if (out.aborted) throw new Error('the reader is gone')
          piece += line
          if (piece.length < PIECE) return
          await out.write(piece)
          piece = ''
        })
        await out.write(piece)
        bus.emit('store.backed-up', { rows })
      } finally {
        running = false
      }
    })
  })
  return app
}

// The audit trail over the API: its rows, newest first, and the proof that none was changed.

import { Hono } from 'hono'
import { z } from 'zod'
import type { Bus } from '../events.ts'
import { list } from '../store/audit.ts'
import { verify } from '../store/audit-check.ts'
import type { Sql } from '../store/sql.ts'
import { type AdminEnv, atLeast } from './auth.ts'
import { checked } from './input.ts'
import { stored } from './stored.ts'

const time = z.iso
  .datetime({ offset: true, error: 'an ISO 8601 time, for example 2026-11-20T21:00:00Z' })
  .transform((text) => Date.parse(text))
  .optional()
const id = z.string().regex(/^[a-z][a-z0-9-]{1,31}$/, 'an id')
const querySchema = z.strictObject({
  account: id.optional(),
  pool: id.optional(),
  what: z
    .string()
    .regex(/^[a-z]+(\.[a-z-]+)?$/, 'a change, for example mode.set')
    .optional(),
  since: time,
  until: time,
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  cursor: z.coerce.number().int().min(1).optional(),
})

export function auditRoutes(sql: Sql, bus: Bus): Hono<AdminEnv> {
  const app = new Hono<AdminEnv>()
  app.get('/', atLeast('operator', bus), async (c) => {
    const { cursor, ...filter } = checked(querySchema, c.req.query(), 'query')
    const rows = await stored(list(sql, { ...filter, before: cursor }))
    return c.json({
      entries: rows.map(({ at, data, previous: _, ...row }) => ({
        ...row,
        at: new Date(at).toISOString(),
        data: parse(data),
      })),
      // A page that is not full is the last one.
      cursor: rows.length < filter.limit ? null : (rows.at(-1)?.seq ?? null),
    })
  })
  app.get('/verify', atLeast('admin', bus), async (c) => c.json(await stored(verify(sql))))
  return app
}

/** A row that somebody spoiled is shown as it is. */
function parse(data: string): unknown {
  try {
    return JSON.parse(data)
  } catch {
    return data
  }
}

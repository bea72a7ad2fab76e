// What happened: the kept events of the fleet or of one account, newest first.

import { Hono } from 'hono'
import { z } from 'zod'
import type { Fleet } from '../fleet/fleet.ts'
import { type EventQuery, type History, HistoryError, type KeptEvent } from '../history/port.ts'
import { StoreError } from '../store/sql.ts'
import type { AdminEnv } from './auth.ts'
import { findMember } from './find.ts'
import { checked } from './input.ts'
import { Problem } from './problem.ts'

const time = z.iso
  .datetime({ offset: true, error: 'an ISO 8601 time, for example 2026-11-20T21:00:00Z' })
  .transform((text) => Date.parse(text))
  .optional()
const querySchema = z.strictObject({
  account: z.string().min(1).max(64).optional(),
  type: z
    .string()
    .regex(/^[a-z]+\.[a-z-]+$/, 'an event type, for example session.closed')
    .optional(),
  since: time,
  until: time,
  limit: z.coerce.number().int().min(1).max(1000).default(100),
})

export function eventRoutes(fleet: Fleet, history: History): Hono<AdminEnv> {
  const app = new Hono<AdminEnv>()
  app.get('/', async (c) => {
    const { account, type, since, until, limit } = checked(querySchema, c.req.query(), 'query')
    const events = await ask(history, {
      // The events of an account that is no longer listed are still there.
      account: account === undefined ? undefined : (fleet.find(account)?.account.id ?? retired(account)),
      type,
      since,
      until,
      limit,
    })
    return c.json({
      events: events.map(({ at, ...event }) => ({ ...event, at: new Date(at).toISOString() })),
    })
  })
  return app

  function retired(key: string): string {
    if (/^[a-z][a-z0-9-]{1,31}$/.test(key)) return key
    return findMember(fleet, key).account.id
  }
}

/** A range that ends before it begins is the caller's mistake, a history that is away is not. */
async function ask(history: History, query: EventQuery): Promise<KeptEvent[]> {
  try {
    return await history.read(query)
  } catch (error) {
    if (error instanceof RangeError) throw new Problem(400, 'bad-query', error.message)
    if (error instanceof HistoryError || error instanceof StoreError)
      throw new Problem(503, 'history-unavailable', `the history cannot be read now: ${error.message}`)
    throw error
  }
}

// What happened: the kept events of the fleet or of one account, newest first.

import { type Context, Hono } from 'hono'
import type { Bus } from '../events.ts'
import { type EventQuery, type History, HistoryError, type KeptEvent } from '../history/port.ts'
import { StoreError } from '../store/sql.ts'
import type { AdminEnv } from './auth.ts'
import { serving } from './contract/serve.ts'
import * as endpoints from './endpoints/events.ts'
import { readEvents } from './events-page.ts'
import { holds, type Plain } from './filter/evaluate.ts'
import { nextLink } from './list/link.ts'
import { only } from './list/rows.ts'
import type { Names } from './names.ts'
import { Problem } from './problem.ts'
import { poolsOf, sees, unknownAccount } from './scope.ts'

export interface EventParts {
  /** An account that is no longer listed still has events. */
  names: Names
  history: History
  bus: Bus
  /** Of an account on any node; undefined where nobody lists it. */
  poolOf(account: string): string | undefined
}

export function eventRoutes({ names, history, bus, poolOf }: EventParts): Hono<AdminEnv> {
  const app = new Hono<AdminEnv>()
  serving(app, bus)(endpoints.listEvents, async ({ c, query, reply }) => {
    const { filter = [], sort: _, limit, cursor, fields, account, ...rest } = query
    const wanted = (event: KeptEvent): boolean =>
      (poolsOf(c) === null || (event.account !== null && sees(c, poolOf(event.account)))) &&
      holds(filter, endpoints.eventList.filters, (field) => event[field] as Plain)
    const asked = { ...rest, account: account === undefined ? undefined : await idOf(c, account) }
    const { rows, nextCursor } = await readEvents((more) => ask(history, { ...asked, ...more }), {
      until: rest.until,
      wanted,
      limit,
      cursor,
      filter,
    })
    const events = rows.map(({ at, ...event }) => only({ ...event, at: new Date(at).toISOString() }, fields))
    return reply(200, { events, nextCursor }, nextLink(c, nextCursor))
  })
  return app

  /** The history may be older than the store, and know accounts that nobody else does; of which pool they were it does not know. */
  async function idOf(c: Context<AdminEnv>, key: string): Promise<string> {
    const id = await names.find(c, key)
    if (id !== null) return id
    const isId = /^[a-z][a-z0-9-]{1,31}$/.test(key)
    if (isId && poolsOf(c) === null && (await ask(history, { account: key, limit: 1 })).length > 0) return key
    throw unknownAccount(key)
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

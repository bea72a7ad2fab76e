// Notifications over the API: the pager's history as it is, for whoever may see the account.

import { type Context, Hono } from 'hono'
import type { Bus } from '../events.ts'
import { type Notification, type PagerClient, PagerError } from '../notifications/client.ts'
import type { AdminEnv } from './auth.ts'
import { serving } from './contract/serve.ts'
import * as endpoints from './endpoints/notifications.ts'
import type { Plain } from './filter/evaluate.ts'
import { nextLink } from './list/link.ts'
import { only, pageOf } from './list/rows.ts'
import { Problem } from './problem.ts'
import { poolsOf, sees, unknownAccount } from './scope.ts'

export interface NotificationParts {
  /** Null where none is configured. */
  pager: Pick<PagerClient, 'list'> | null
  bus: Bus
  /** By id or phone, on any node; undefined where nobody lists it. */
  find(account: string): { id: string; pool: string } | undefined
}

export function notificationRoutes({ pager, bus, find }: NotificationParts): Hono<AdminEnv> {
  const app = new Hono<AdminEnv>()
  serving(app, bus)(endpoints.listNotifications, async ({ c, query, reply }) => {
    if (pager === null)
      throw new Problem(409, 'no-pager', 'this agent knows of no pager; its configuration has no pager.url')
    const { account: key, severity, since, fields, ...page } = query
    const [usual] = endpoints.notificationList.sorts
    const newest = poolsOf(c) === null && !page.filter && !page.cursor && page.sort === usual
    const found = await asked(
      pager.list({
        account: key === undefined ? undefined : accountOf(c, key),
        severity,
        since: since === undefined ? undefined : new Date(since).toISOString(),
        // One more than is shown tells whether there are others.
        limit: newest ? Math.min(page.limit + 1, endpoints.MOST_NOTIFICATIONS) : endpoints.MOST_NOTIFICATIONS,
      }),
    )
    const mine =
      poolsOf(c) === null
        ? found
        : found.filter((each) => each.account !== null && sees(c, find(each.account)?.pool))
    const { rows, nextCursor } = pageOf(mine, page, endpoints.notificationList, looks)
    const notifications = rows.map((row) => only(row, fields))
    return reply(200, { notifications, nextCursor }, nextLink(c, nextCursor))
  })
  return app

  /** What was told of an account that is no longer listed is still there, for whoever may see everything. */
  function accountOf(c: Context<AdminEnv>, key: string): string {
    const found = find(key)
    if (found && sees(c, found.pool)) return found.id
    if (found || poolsOf(c) !== null || !/^[a-z][a-z0-9-]{1,31}$/.test(key)) throw unknownAccount(key)
    return key
  }
}

const looks = {
  key: ({ id }: Notification) => id,
  get: ({ metadata, ...row }: Notification, field: string): Plain =>
    (field in row ? row : metadata)[field as never],
}

/** A pager that is away is nobody's mistake. */
async function asked(answer: Promise<Notification[]>): Promise<Notification[]> {
  try {
    return await answer
  } catch (error) {
    if (!(error instanceof PagerError)) throw error
    throw new Problem(503, 'pager-away', `the pager: ${error.message}`, { 'retry-after': '10' })
  }
}

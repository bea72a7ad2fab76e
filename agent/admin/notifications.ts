// Notifications over the API: the pager's history as it is, for whoever may see the account.

import { type Context, Hono } from 'hono'
import type { Bus } from '../events.ts'
import { type Notification, type PagerClient, PagerError } from '../notifications/client.ts'
import type { AdminEnv } from './auth.ts'
import { serving } from './contract/serve.ts'
import * as endpoints from './endpoints/notifications.ts'
import { Problem } from './problem.ts'
import { poolsOf, sees, unknownAccount } from './scope.ts'

/** As many as the pager gives at once. */
const MOST = 1_000

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
    const { account: key, severity, since, limit } = query
    const account = key === undefined ? undefined : accountOf(c, key)
    const all = poolsOf(c) === null
    const found = await asked(
      pager.list({
        account,
        severity,
        since: since === undefined ? undefined : new Date(since).toISOString(),
        limit: all ? limit : MOST,
      }),
    )
    const mine = all
      ? found
      : found.filter((each) => each.account !== null && sees(c, find(each.account)?.pool))
    return reply(200, { notifications: mine.slice(0, limit) })
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

/** A pager that is away is nobody's mistake. */
async function asked(answer: Promise<Notification[]>): Promise<Notification[]> {
  try {
    return await answer
  } catch (error) {
    if (!(error instanceof PagerError)) throw error
    throw new Problem(503, 'pager-away', `the pager: ${error.message}`, { 'retry-after': '10' })
  }
}

// Analytics over the API: the past of one account, and all of them side by side.

import { Hono } from 'hono'
import { type AnalyticsSettings, analyse } from '../analytics/account.ts'
import type { Range } from '../analytics/outages.ts'
import { parsePeriod } from '../analytics/periods.ts'
import type { Bus } from '../events.ts'
import type { Fleet, Member } from '../fleet/fleet.ts'
import type { History } from '../history/port.ts'
import { iso } from '../iso.ts'
import type { AdminEnv } from './auth.ts'
import { serving } from './contract/serve.ts'
import * as endpoints from './endpoints/analytics.ts'
import { nextLink } from './list/link.ts'
import { only, pageOf } from './list/rows.ts'
import { Problem } from './problem.ts'
import { memberFor, membersFor } from './scope.ts'

export interface AnalyticsParts {
  fleet: Fleet
  history: History
  bus: Bus
  /** The score below which an account is unhealthy. */
  threshold: number
}

export function analyticsRoutes(parts: AnalyticsParts): Hono<AdminEnv> {
  const { fleet, bus } = parts
  const app = new Hono<AdminEnv>()
  const serve = serving(app, bus)
  serve(endpoints.listAnalytics, async ({ c, query, reply }) => {
    const { range, now } = asked(query.period)
    const page = pageOf(membersFor(c, fleet), query, endpoints.analyticsList, {
      key: ({ account }) => account.id,
      get: ({ account: { id, phone, pool } }, field) =>
        ({ account: id, phoneNumber: phone, pool })[field as 'account'],
    })
    // One after another: a question about every account must not take all of the history's attention.
    const accounts = []
    for (const member of page.rows) {
      const { samples: _, failures: __, ...rest } = await about(parts, member, range, now)
      accounts.push(only({ ...who(member), ...rest }, query.fields))
    }
    const { nextCursor } = page
    return reply(200, { ...ends(range), accounts, nextCursor }, nextLink(c, nextCursor))
  })
  serve(endpoints.getAnalytics, async ({ c, params, query, reply }) => {
    const member = memberFor(c, fleet, params.phoneNumber)
    const { range, now } = asked(query.period)
    const { samples: _, ...rest } = await about(parts, member, range, now)
    return reply(200, { ...who(member), ...ends(range), ...rest })
  })
  serve(endpoints.getTrend, async ({ c, params, query, reply }) => {
    const member = memberFor(c, fleet, params.phoneNumber)
    const { range, now } = asked(query.period)
    const { trend, forecast, samples: found } = await about(parts, member, range, now)
    const samples = found.map(({ at, score }) => ({ timestamp: iso(at), overallScore: score }))
    return reply(200, { ...who(member), ...ends(range), trend, forecast, samples })
  })
  return app
}

function who({ account }: Member) {
  return { phoneNumber: account.phone, account: account.id }
}

async function about({ history, threshold }: AnalyticsParts, { account }: Member, range: Range, now: number) {
  const settings: AnalyticsSettings = { threshold, now }
  try {
    const { from: _, until: __, ...rest } = await analyse(history, account.id, range, settings)
    return rest
  } catch (error) {
    if (error instanceof RangeError) throw new Problem(400, 'bad-range', error.message)
    throw new Problem(503, 'history-away', (error as Error).message, { 'retry-after': '10' })
  }
}

function asked(text: string): { range: Range; now: number } {
  const ms = parsePeriod(text)
  if (ms === null)
    throw new Problem(
      400,
      'bad-period',
      `found period "${text.slice(0, 32)}", allowed: 1h to 365d, such as 24h or 7d`,
    )
  const now = Date.now()
  return { range: { from: now - ms, until: now }, now }
}

function ends({ from, until }: Range) {
  return { from: iso(from), until: iso(until) }
}

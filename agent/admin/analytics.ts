// Analytics over the API: the past of one account, and all of them side by side.

import { type Context, Hono } from 'hono'
import { type AnalyticsSettings, analyse } from '../analytics/account.ts'
import type { Range } from '../analytics/outages.ts'
import { parsePeriod } from '../analytics/periods.ts'
import type { Fleet, Member } from '../fleet/fleet.ts'
import type { History } from '../history/port.ts'
import type { AdminEnv } from './auth.ts'
import { findMember } from './find.ts'
import { Problem } from './problem.ts'

const DEFAULT_PERIOD = '7d'

export interface AnalyticsParts {
  fleet: Fleet
  history: History
  /** The score below which an account is unhealthy. */
  threshold: number
}

export function analyticsRoutes(parts: AnalyticsParts): Hono<AdminEnv> {
  const { fleet } = parts
  const app = new Hono<AdminEnv>()
  app.get('/', async (c) => {
    const { range, now } = asked(c)
    // One after another: a question about every account must not take all of the history's attention.
    const accounts = []
    for (const member of fleet.members()) {
      const { samples: _, failures: __, ...rest } = await about(parts, member, range, now)
      accounts.push({ phoneNumber: member.account.phone, account: member.account.id, ...rest })
    }
    return c.json({ from: iso(range.from), until: iso(range.until), accounts })
  })
  app.get('/:phoneNumber', async (c) => {
    const member = findMember(fleet, c.req.param('phoneNumber'))
    const { range, now } = asked(c)
    const { samples: _, ...rest } = await about(parts, member, range, now)
    return c.json({ phoneNumber: member.account.phone, account: member.account.id, ...ends(range), ...rest })
  })
  return app
}

/** The score's way through a period, for `GET /api/health/trends/:phone`. */
export function trendRoute(parts: AnalyticsParts) {
  return async (c: Context<AdminEnv, '/:phoneNumber'>): Promise<Response> => {
    const member = findMember(parts.fleet, c.req.param('phoneNumber'))
    const { range, now } = asked(c)
    const { trend, forecast, samples } = await about(parts, member, range, now)
    const points = samples.map(({ at, score }) => ({ timestamp: iso(at), overallScore: score }))
    return c.json({
      phoneNumber: member.account.phone,
      account: member.account.id,
      ...ends(range),
      trend,
      forecast,
      samples: points,
    })
  }
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

function asked(c: Context): { range: Range; now: number } {
  const text = c.req.query('period') ?? DEFAULT_PERIOD
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

function iso(ms: number): string {
  return new Date(ms).toISOString()
}

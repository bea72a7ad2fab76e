// Reports over the API: made when they are asked for, in the form that is asked for, and sent to who is configured.

import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { BusyError, type ReportDesk } from '../analytics/reports/desk.ts'
import { UnknownAccountError, type Wish } from '../analytics/reports/make.ts'
import { type FormatName, fileName, formatNames, formats } from '../analytics/reports/render.ts'
import type { Bus } from '../events.ts'
import { HistoryError } from '../history/port.ts'
import { append } from '../store/audit.ts'
import { type Sql, StoreError } from '../store/sql.ts'
import { reportTypes } from '../words.ts'
import { type AdminEnv, atLeast, clientOf } from './auth.ts'
import { checked } from './input.ts'
import { Problem } from './problem.ts'
import { refuseHead } from './route.ts'
import { stored } from './stored.ts'

const MOST_PHONES = 10_000
/** A clock that is this much ahead of ours, in milliseconds, does not ask for the future. */
const AHEAD_MS = 60_000

const type = z.enum(reportTypes, { error: `allowed: ${reportTypes.join(', ')}` })
const format = z.enum(formatNames as [FormatName, ...FormatName[]], {
  error: `allowed: ${formatNames.join(', ')}`,
})
const key = z.string().trim().min(1, 'an account id or a phone').max(64, 'an account id or a phone')
const until = z.iso
  .datetime({ offset: true, error: 'an ISO 8601 time, for example 2026-11-20T21:00:00Z' })
  .transform((text) => Date.parse(text))
  .refine((at) => at >= 0 && at <= Date.now() + AHEAD_MS, 'a time that is not to come')
  .optional()
const querySchema = z.strictObject({
  format: format.default('json'),
  phones: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(key).max(MOST_PHONES))
    .optional(),
  until,
})
const bodySchema = z.strictObject({
  type,
  format: format.default('json'),
  phones: z.array(key).max(MOST_PHONES).optional(),
  until,
})

export function reportRoutes(desk: ReportDesk, sql: Sql, bus: Bus): Hono<AdminEnv> {
  const app = new Hono<AdminEnv>()
  app.get('/:type', async (c) => {
    refuseHead(c, 'a report')
    const wanted = checked(type, c.req.param('type'), 'type')
    const { format, ...wish } = checked(querySchema, c.req.query(), 'query')
    return document(c, desk, { ...wish, type: wanted }, format)
  })
  app.post('/', async (c) => {
    const body: unknown = await c.req.json().catch(() => null)
    const { format, ...wish } = checked(bodySchema, body, 'body')
    return document(c, desk, wish, format)
  })
  app.post('/:type/send', atLeast('operator', bus), async (c) => {
    const wanted = checked(type, c.req.param('type'), 'type')
    if (!desk.mails)
      throw new Problem(409, 'no-mail', 'reports.to, reports.from and reports.smtp are not all configured')
    const { name: who } = c.get('caller')
    const row = { who, what: 'report.send', pool: null, account: null, origin: clientOf(c) }
    const now = Date.now()
    if (desk.isSending(wanted)) throw new Problem(409, 'under-way', `a ${wanted} report is being sent`)
    await stored(
      sql.transaction((tx) => append(tx, { ...row, outcome: 'asked', data: { type: wanted } }, now)),
    )
    // How it ends is an event and a metric: a mail server may take minutes.
    void desk.send(wanted, now)
    return c.json({ type: wanted, sending: true }, 202)
  })
  return app
}

async function document(
  c: Context<AdminEnv>,
  desk: ReportDesk,
  wish: Omit<Wish, 'until'> & { until?: number | undefined },
  name: FormatName,
): Promise<Response> {
  const report = await made(desk.make({ ...wish, until: wish.until ?? Date.now() }))
  const { render, mediaType } = formats[name]
  const file = fileName(report.type, report.until, name)
  return c.body(Buffer.from(await render(report)), 200, {
    'content-type': mediaType,
    'content-disposition': `${name === 'json' || name === 'html' ? 'inline' : 'attachment'}; filename="${file}"`,
    'cache-control': 'no-store',
    // A page that is one file asks for nothing; should anything ever get into it, it may not either.
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
  })
}

async function made<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked
  } catch (error) {
    const wait = { 'retry-after': '10' }
    if (error instanceof UnknownAccountError) throw new Problem(404, 'unknown-account', error.message)
    if (error instanceof BusyError) throw new Problem(429, 'busy', error.message, wait)
    if (error instanceof HistoryError || error instanceof StoreError)
      throw new Problem(503, 'history-away', 'the history cannot be asked now', wait)
    if ((error as Error).name === 'TimeoutError' || (error as Error).name === 'AbortError')
      throw new Problem(503, 'too-slow', 'the history took too long, or the agent stops', wait)
    throw error
  }
}

// Reports over the API: made when they are asked for, in the form that is asked for, and sent to who is configured.

import { type Context, Hono } from 'hono'
import type { Reporter } from '../analytics/reporter.ts'
import type { Listed } from '../analytics/reports/account.ts'
import { BusyError, type ReportDesk } from '../analytics/reports/desk.ts'
import { UnknownAccountError, type Wish } from '../analytics/reports/make.ts'
import { fileName, formats } from '../analytics/reports/render.ts'
import type { Bus } from '../events.ts'
import { HistoryError } from '../history/port.ts'
import { append } from '../store/audit.ts'
import { type Sql, StoreError } from '../store/sql.ts'
import type { ReportFormat } from '../words.ts'
import { type AdminEnv, authorOf } from './auth.ts'
import { serving } from './contract/serve.ts'
import * as endpoints from './endpoints/reports.ts'
import { holds } from './filter/evaluate.ts'
import type { Term } from './filter/terms.ts'
import { Problem } from './problem.ts'
import { sees } from './scope.ts'
import { stored } from './stored.ts'

export interface ReportRouteParts {
  reporter: Pick<Reporter, 'report'>
  desk: ReportDesk
  sql: Sql
  bus: Bus
}

export function reportRoutes({ reporter, desk, sql, bus }: ReportRouteParts): Hono<AdminEnv> {
  const app = new Hono<AdminEnv>()
  const serve = serving(app, bus)
  serve(endpoints.fleetReport, ({ reply }) => reply(200, reporter.report()))
  serve(endpoints.getReport, ({ c, params: { type }, query: { format, filter, ...wish } }) =>
    document(c, desk, { ...wish, type, only: chosen(c, filter) }, format),
  )
  serve(endpoints.makeReport, ({ c, body: { format, filter, ...wish } }) =>
    document(c, desk, { ...wish, only: chosen(c, filter) }, format),
  )
  serve(endpoints.sendReport, async ({ c, params: { type }, reply }) => {
    if (!desk.mails)
      throw new Problem(409, 'no-mail', 'reports.to, reports.from and reports.smtp are not all configured')
    const row = { ...authorOf(c), what: 'report.send', pool: null, account: null }
    const now = Date.now()
    if (desk.isSending(type)) throw new Problem(409, 'under-way', `a ${type} report is being sent`)
    await stored(sql.transaction((tx) => append(tx, { ...row, outcome: 'asked', data: { type } }, now)))
    // How it ends is an event and a metric: a mail server may take minutes.
    void desk.send(type, now)
    return reply(202, { type, sending: true })
  })
  return app
}

/** Who is in the report: those whom the caller may see and the filter lets through. */
function chosen(c: Context<AdminEnv>, filter: readonly Term[] = []): (account: Listed) => boolean {
  return (listed) =>
    sees(c, listed.pool) &&
    holds(filter, endpoints.reportFilters, (field) =>
      field === 'phoneNumber' ? listed.phone : listed[field as 'account'],
    )
}

async function document(
  c: Context<AdminEnv>,
  desk: ReportDesk,
  wish: Omit<Wish, 'until'> & { until?: number | undefined },
  name: ReportFormat,
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

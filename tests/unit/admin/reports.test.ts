// Reports over the API: four forms, two ways to ask, and an audited way to send.

import { Hono } from 'hono'
import { expect, it } from 'vitest'
import { reportRoutes } from '../../../agent/admin/reports.ts'
import type { Reporter } from '../../../agent/analytics/reporter.ts'
import type { ReportDesk } from '../../../agent/analytics/reports/desk.ts'
import { list } from '../../../agent/store/audit.ts'
import { startSmtp } from '../../harness/smtp.ts'
import { reportDesk, reportsConfig } from '../analytics/reports/stage.ts'
import { adminStage, problem, refusal } from './stage.ts'

it.each([
  ['json', 'application/json', 'inline', '{"type":"weekly"'],
  ['html', 'text/html; charset=utf-8', 'inline', '<!doctype html>'],
  ['pdf', 'application/pdf', 'attachment', '%PDF-'],
  ['csv', 'text/csv; charset=utf-8; header=present', 'attachment', 'report,from,until,account'],
])('%s is a document with a name, asked for with GET or POST', async (format, type, how, begins) => {
  const { ask, post } = await adminStage(2)
  const until = '2026-01-02T07:00:00Z'
  const got = await ask(`/api/reports/weekly?format=${format}&phones=uae-1&until=${until}`, 'viewer')
  const posted = await post(
    '/api/reports',
    { type: 'weekly', phones: ['+971500000001'], format, until },
    'viewer',
  )
  for (const answer of [got, posted]) {
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, type])
    expect(answer.headers.get('content-disposition')).toBe(
      `${how}; filename="linda-weekly-2026-01-02.${format}"`,
    )
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect((await answer.text()).startsWith(begins)).toBe(true)
  }
})

it('the plain answer is JSON of every account, with masked phones and the issues of the period', async () => {
  const { ask, of } = await adminStage(2)
  const report = (await (await ask('/api/reports/daily', 'viewer')).json()) as Record<string, unknown>
  expect(report).toMatchObject({
    type: 'daily',
    accounts: [{ account: 'uae-1', phone: '+971*******01' }, { account: 'uae-2' }],
  })
  expect(of('report.made')).toMatchObject([{ report: 'daily', accounts: 2 }])
})

it.each([
  ['/api/reports/yearly', '400 bad-type', 'allowed: daily, weekly, monthly'],
  ['/api/reports/daily?format=xlsx', '400 bad-query', 'allowed: json, html, pdf, csv'],
  ['/api/reports/daily?until=yesterday', '400 bad-query', 'an ISO 8601 time'],
  ['/api/reports/daily?until=2999-01-01T00:00:00Z', '400 bad-query', 'a time that is not to come'],
  ['/api/reports/daily?phones=uae-1,,', '400 bad-query', 'an account id or a phone'],
  ['/api/reports/daily?period=7d', '400 bad-query', 'period'],
  ['/api/reports/daily?phones=nobody', '404 unknown-account', 'no account has the id or phone "nobody"'],
])('%s is refused with what is allowed', async (path, what, detail) => {
  const { ask } = await adminStage(1)
  const [status, code, said] = await problem(await ask(path, 'viewer'))
  expect([`${status} ${code}`, said]).toEqual([what, expect.stringContaining(detail)])
})

it.each([
  '',
  '[]',
  '{',
  '{"type":"weekly","format":"doc"}',
  '{"phones":["uae-1"]}',
  '{"type":"daily","x":1}',
])('the body %j is refused', async (body) => {
  const { post } = await adminStage(1)
  expect(await refusal(await post('/api/reports', body))).toBe('400 bad-body')
})

it('nobody sees a report without a token, a HEAD is refused, and a viewer sends none', async () => {
  const { ask, post } = await adminStage(1)
  expect(await refusal(await ask('/api/reports/daily', null))).toBe('401 no-token')
  expect((await ask('/api/reports/daily', 'viewer', { method: 'HEAD' })).status).toBe(405)
  expect(await refusal(await post('/api/reports/daily/send', {}, 'viewer'))).toBe('403 role')
  expect(await refusal(await post('/api/reports/daily/send', {}))).toBe('409 no-mail')
  expect(await refusal(await post('/api/reports/hourly/send', {}))).toBe('400 bad-type')
})

it('sending is audited, answered at once, and not done twice at a time', async () => {
  const stage = await adminStage(1)
  const box = await startSmtp()
  const smtp = {
    host: '127.0.0.1',
    port: box.port,
    secure: 'none',
    username: null,
    passwordFile: null,
    timeoutMs: 5_000,
  } as const
  const config = { ...reportsConfig, to: ['sre@example.com'], from: 'linda@example.com', smtp }
  const desk: ReportDesk = reportDesk(stage, stage.monitor, { config })
  const app = new Hono()
  app.use(async (c, next) => {
    c.set('caller' as never, { name: 'on-call', role: 'operator' } as never)
    await next()
  })
  const reporter = {} as Reporter
  app.route('/', reportRoutes({ reporter, desk, sql: stage.sql, bus: stage.bus }))
  app.onError((error) => new Response((error as Error & { code: string }).code, { status: 409 }))
  const send = () => app.request('/api/reports/weekly/send', { method: 'POST' })
  const first = await send()
  expect([first.status, await first.json()]).toEqual([202, { type: 'weekly', sending: true }])
  expect(await (await send()).text()).toBe('under-way')
  await expect.poll(() => box.mails.length, { timeout: 8_000 }).toBe(1)
  const rows = await list(stage.sql, { what: 'report.send', limit: 10 })
  expect(rows).toMatchObject([{ who: 'on-call', outcome: 'asked', data: '{"type":"weekly"}' }])
})

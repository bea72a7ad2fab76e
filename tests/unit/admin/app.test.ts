// Whatever is asked, the answer is measured under the pattern of its path, and no refusal tells of the inside.

import { expect, it } from 'vitest'
import { adminApp } from '../../../agent/admin/app.ts'
import type { FailoverParts } from '../../../agent/admin/failovers.ts'
import type { LiveHub } from '../../../agent/admin/live/hub.ts'
import type { MessageParts } from '../../../agent/admin/messages.ts'
import { TokenBook } from '../../../agent/admin/tokens.ts'
import type { Reporter } from '../../../agent/analytics/reporter.ts'
import type { ReportDesk } from '../../../agent/analytics/reports/desk.ts'
import type { Fleet } from '../../../agent/fleet/fleet.ts'
import type { Routing } from '../../../agent/fleet/routing.ts'
import type { HealthMonitor } from '../../../agent/health/monitor.ts'
import type { History } from '../../../agent/history/port.ts'
import type { ScanTimeAnalyzer } from '../../../agent/pairing/learning/analyzer.ts'
import type { Sql } from '../../../agent/store/sql.ts'
import type { Webhooks } from '../../../agent/webhooks/webhooks.ts'
import { hear } from '../events/heard.ts'
import { adminStage, problem, refusal, tokens } from './stage.ts'

it.each([
  ['GET', '/api/dashboard/connections', 200, '/api/dashboard/connections'],
  ['GET', '/api/dashboard/connections/uae-1', 200, '/api/dashboard/connections/:phoneNumber'],
  ['GET', '/api/dashboard/connections/+971500000001', 200, '/api/dashboard/connections/:phoneNumber'],
  ['GET', '/api/dashboard/connections/nobody', 404, '/api/dashboard/connections/:phoneNumber'],
  ['GET', '/api/dashboard/connections/uae-1/qr?format=x', 400, '/api/dashboard/connections/:phoneNumber/qr'],
  [
    'POST',
    '/api/dashboard/quick-actions/nobody/reset-qr',
    404,
    '/api/dashboard/quick-actions/:phoneNumber/reset-qr',
  ],
  ['POST', '/api/messages', 400, '/api/messages'],
])('%s %s is measured as its route', async (method, path, status, route) => {
  const { ask, of } = await adminStage()
  await ask(path, 'admin', { method })
  expect(of('admin.answered')).toMatchObject([{ method, route, status, ms: expect.any(Number) }])
})

it.each<[string, 'admin' | null]>([
  ['/', null],
  ['/favicon.ico', null],
  ['/api/no/such/thing/971500000001', 'admin'],
  ['/api/no/such/thing/971500000001', null],
  ['/api/dashboard/connections/971500000001', null],
])('%s (as %s) makes no series of its own', async (path, role) => {
  const { ask, of } = await adminStage()
  const response = await ask(path, role)
  expect([401, 404]).toContain(response.status)
  const [{ route } = { route: '' }] = of('admin.answered')
  expect(route).not.toContain('971500000001')
  expect(route).toMatch(/^unmatched$|^\/api|^\*$|^\/\*$/)
})

it.each([
  ['/api/nothing', 'POST'],
  ['/api/messages', 'DELETE'],
  ['/nothing', 'GET'],
])('%s %s: 404 as a problem', async (path, method) => {
  const { ask } = await adminStage()
  expect(await problem(await ask(path, 'admin', { method }))).toEqual([
    404,
    'not-found',
    'there is nothing at this path',
  ])
})

it('answers may not be framed, sniffed or taken for something else', async () => {
  const { ask } = await adminStage()
  const { headers } = await ask('/api/dashboard/connections')
  expect(headers.get('x-content-type-options')).toBe('nosniff')
  expect(headers.get('x-frame-options')).toBe('SAMEORIGIN')
})

it('an error of our own is a 500 without its cause, and the log gets it', async () => {
  const { tokensFile } = await adminStage()
  const errors: unknown[] = []
  const { bus, of } = hear()
  const cause = new Error('SELECT failed: password=hunter2')
  const broken = {
    members() {
      throw cause
    },
  } as unknown as Fleet
  const app = adminApp({
    fleet: broken,
    messages: {} as MessageParts,
    failovers: {} as FailoverParts,
    reporter: {} as Reporter,
    reports: {} as ReportDesk,
    live: {} as LiveHub,
    webhooks: {} as Webhooks,
    routing: {} as Routing,
    sql: {} as Sql,
    history: {} as History,
    bus,
    tokens: new TokenBook(tokensFile, () => {}),
    analyzer: {} as ScanTimeAnalyzer,
    monitor: {} as HealthMonitor,
    probeDeadlineMs: 1_500,
    unhealthyBelow: 60,
    regenerations: 3,
    onError: (e) => errors.push(e),
  })
  const headers = { authorization: `Bearer ${tokens.viewer}` }
  const [status, code, detail] = await problem(await app.request('/api/dashboard/connections', { headers }))
  expect([status, code, detail]).toEqual([500, 'internal', 'something went wrong here; see the log'])
  expect(errors).toEqual([cause])
  expect(of('admin.answered')).toMatchObject([{ status: 500, route: '/api/dashboard/connections' }])
})

it('a body that is too large is refused, declared or not', async () => {
  const { ask } = await adminStage()
  const large = 'x'.repeat(512 * 1024 + 1)
  const declared = { method: 'POST', body: large, headers: { 'content-length': String(large.length) } }
  const stream = new ReadableStream({
    start(controller) {
      for (let i = 0; i < 5; i++) controller.enqueue(new TextEncoder().encode(large.slice(0, 131_072)))
      controller.close()
    },
  })
  const chunked = { method: 'POST', body: stream, duplex: 'half' } as RequestInit
  for (const init of [declared, chunked])
    expect(await refusal(await ask('/api/messages', 'operator', init))).toBe('413 body-too-large')
})

it('an agent that stops changes nothing more, says when to ask again, and still shows everything', async () => {
  const { ask, post, bus, sql } = await adminStage()
  const message = { pool: 'sales', to: '+971500000009', text: 'hello' }
  const accepted = await post('/api/messages', message)
  expect(accepted.status).toBe(202)
  bus.emit('agent.stopping', { signal: 'SIGTERM' })
  const refused = await post('/api/messages', message)
  expect(await refusal(refused)).toBe('503 stopping')
  expect(refused.headers.get('retry-after')).toBe('5')
  expect(await sql.query('SELECT id FROM message')).toHaveLength(1)
  expect((await ask(accepted.headers.get('location') ?? '')).status).toBe(200)
  // Who may do nothing anyway is told that first.
  expect((await ask('/api/messages', null, { method: 'POST' })).status).toBe(401)
})

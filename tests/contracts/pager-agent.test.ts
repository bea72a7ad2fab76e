// The agent beside a real pager: it shows the pager's history to whoever may see the account, and makes an event of everything that was sent, each once, across restarts of both.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Hono } from 'hono'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { AdminEnv } from '../../agent/admin/auth.ts'
import { tellingOf } from '../../agent/admin/live/table.ts'
import { notificationRoutes } from '../../agent/admin/notifications.ts'
import { answerProblem } from '../../agent/admin/problem.ts'
import { type AnyEvent, Bus } from '../../agent/events.ts'
import { embeddedHistory } from '../../agent/history/embedded.ts'
import { Journal } from '../../agent/history/journal.ts'
import { PagerClient } from '../../agent/notifications/client.ts'
import { NotificationWatch } from '../../agent/notifications/watch.ts'
import { migrate } from '../../agent/store/migrations.ts'
import { openStore } from '../../agent/store/open.ts'
import type { Sql } from '../../agent/store/sql.ts'
import { holdToContract } from '../harness/contract.ts'
import { apiToken } from '../harness/pager-process.ts'
import { loopback } from '../harness/providers/server.ts'
import { startTwilio, type Twilio } from '../harness/providers/twilio.ts'
import { until } from '../harness/until.ts'
import { type Stage, startStage } from './pager.ts'

const folder = mkdtempSync(join(tmpdir(), 'linda-pager-agent-'))
const tokenFile = join(folder, 'pager.token')
const pools: Record<string, string> = { 'uae-1': 'sales', 'ksa-1': 'support' }
let twilio: Twilio
let stage: Stage
let sql: Sql
let client: PagerClient

beforeAll(async () => {
  writeFileSync(tokenFile, `${apiToken}\n`)
  twilio = await startTwilio()
  stage = await startStage(
    { twilio },
    {
      recipients: { alice: { phone: '+971505760056' } },
      receivers: { default: { channels: ['sms'], recipients: ['alice'] } },
    },
  )
  client = new PagerClient(stage.apiUrl, tokenFile)
  sql = await openStore('sqlite::memory:', new Bus('test'))
  await migrate(sql)
})
afterAll(async () => {
  await sql.close()
  await stage.end()
  await twilio.close()
  rmSync(folder, { recursive: true })
})

/** One life of an agent that follows the pager. */
function follow(from: PagerClient = client) {
  const bus = new Bus('node-1')
  const events: AnyEvent[] = []
  bus.onAny((event) => events.push(event))
  const history = embeddedHistory(sql)
  const journal = new Journal(history, bus)
  const isAccount = (id: string): boolean => Object.hasOwn(pools, id)
  const watch = new NotificationWatch({ client: from, bus, history, pollMs: 50, isAccount })
  const sent = () => events.filter((event) => event.type === 'notification.sent')
  return { events, journal, watch, sent }
}

async function page(alert: string, account: string): Promise<void> {
  await stage.client.page('default', { alert, account })
  await until('it is sent', async () => (await stage.client.history())[0]?.status === 'SENT')
}

it('begins with what is sent from now on, tells each once, and goes on where it stopped', async () => {
  await page('Before', 'uae-1')
  const first = follow()
  const stop = first.watch.start()
  await until('it has asked', () => first.events.some(({ type }) => type === 'pager.polled'))
  await page('During', 'uae-1')
  await page('Elsewhere', 'not-listed')
  await until('both are told', () => first.sent().length === 2)
  await stop()
  await first.journal.stop()
  expect(first.sent()).toMatchObject([
    {
      issue: 'DURING',
      account: 'uae-1',
      channels: ['sms'],
      severity: 'critical',
      kind: 'firing',
      status: 'SENT',
    },
    { issue: 'ELSEWHERE', severity: 'critical' },
  ])
  // An alert may name anything; only the fleet's accounts are accounts.
  expect(first.sent()[1]).not.toHaveProperty('account')
  expect(tellingOf(first.sent()[0] as AnyEvent)).toMatchObject({
    type: 'notification:sent',
    data: { type: 'DURING', channels: ['sms'], status: 'SENT' },
  })

  await page('Between', 'ksa-1')
  const second = follow()
  await second.watch.poll()
  await second.watch.poll()
  await second.journal.stop()
  expect(second.sent().map((event) => 'issue' in event && event.issue)).toEqual(['BETWEEN'])
})

it('says once that the pager is away, and once that it is back', async () => {
  let away = true
  const flaky = await loopback(async ({ path, headers }) => {
    if (away) return { status: 503, body: {} }
    const answer = await fetch(`${stage.apiUrl}${path}`, {
      headers: { authorization: headers.authorization ?? '' },
    })
    return { status: answer.status, body: (await answer.json()) as object }
  })
  const life = follow(new PagerClient(flaky.url, tokenFile))
  for (let n = 0; n < 3; n++) await life.watch.poll()
  away = false
  await life.watch.poll()
  await life.watch.poll()
  await life.journal.stop()
  await flaky.close()
  const said = life.events.map(({ type }) => type).filter((type) => type !== 'notification.sent')
  expect(said.filter((type) => type === 'pager.polled')).toHaveLength(5)
  expect(said.filter((type) => type === 'pager.unreachable')).toHaveLength(1)
  expect(said.filter((type) => type === 'pager.reachable')).toHaveLength(1)
})

it.each([
  ['another token', async () => new PagerClient(stage.apiUrl, join(folder, 'none.token')), 'ENOENT'],
  ['nobody there', async () => new PagerClient('http://127.0.0.1:9', tokenFile), 'cannot be asked'],
  [
    'somebody else',
    async () =>
      new PagerClient(
        (await loopback(() => ({ status: 200, body: { notifications: [{}] } }))).url,
        tokenFile,
      ),
    'no history of notifications',
  ],
])('knows %s for a pager that cannot be asked', async (_, make, message) => {
  await expect((await make()).list({ limit: 1 })).rejects.toThrow(message)
})

/** The admin API, as a caller who sees all pools or some. */
function api(pager: PagerClient | null, mine?: string[]) {
  const app = new Hono<AdminEnv>()
  app.use(async (c, next) => {
    c.set('caller', { name: 'test', role: 'viewer', ...(mine ? { pools: mine } : {}) } as never)
    c.set('requestId', 'of-a-test')
    await next()
    c.header('x-request-id', 'of-a-test')
  })
  const find = (key: string) => {
    const id = key === '+971505760056' ? 'uae-1' : key
    return Object.hasOwn(pools, id) ? { id, pool: pools[id] as string } : undefined
  }
  app.route('/', notificationRoutes({ pager, bus: new Bus('test'), find }))
  app.onError((error, c) => answerProblem(c, error))
  return async (path: string) => {
    const answer = await holdToContract('GET', path, await app.request(path))
    return {
      status: answer.status,
      body: (await answer.json()) as { notifications: { type: string }[]; title: string },
    }
  }
}
const typesOf = ({ body }: { body: { notifications: { type: string }[] } }) =>
  body.notifications.map(({ type }) => type)

it('shows the history in the API: by account, phone, severity and time, and nothing of other pools', async () => {
  const all = api(client)
  expect(typesOf(await all('/api/notifications?limit=3'))).toEqual(['BETWEEN', 'ELSEWHERE', 'DURING'])
  expect(typesOf(await all('/api/notifications?account=ksa-1'))).toEqual(['BETWEEN'])
  expect(typesOf(await all('/api/notifications?account=%2B971505760056&severity=critical'))).toEqual([
    'DURING',
    'BEFORE',
  ])
  expect(typesOf(await all('/api/notifications?severity=warning'))).toEqual([])
  expect(typesOf(await all('/api/notifications?since=2100-01-01T00:00:00Z'))).toEqual([])
  const some = api(client, ['support'])
  expect(typesOf(await some('/api/notifications'))).toEqual(['BETWEEN'])
  expect(await some('/api/notifications?account=uae-1')).toMatchObject({
    status: 404,
    body: { title: 'unknown-account' },
  })
  expect(typesOf(await all('/api/notifications?account=not-listed'))).toEqual(['ELSEWHERE'])
  for (const [ask, key] of [
    [some, 'not-listed'],
    [all, '%2B9'],
    [all, 'x%20y'],
  ] as const)
    expect(await ask(`/api/notifications?account=${key}`)).toMatchObject({
      status: 404,
      body: { title: 'unknown-account' },
    })
  expect(typesOf(await all('/api/notifications?filter=type:BET*&sort=createdAt'))).toEqual(['BETWEEN'])
  expect(typesOf(await all('/api/notifications?filter=severity:critical -account:ksa-1'))).toEqual([
    'ELSEWHERE',
    'DURING',
    'BEFORE',
  ])
  const first = await all('/api/notifications?limit=2&fields=type')
  expect(first.body.notifications).toEqual([{ type: 'BETWEEN' }, { type: 'ELSEWHERE' }])
  const cursor = (first.body as { nextCursor?: string }).nextCursor
  expect(typesOf(await all(`/api/notifications?limit=2&cursor=${cursor}`))).toEqual(['DURING', 'BEFORE'])
  expect(await all('/api/notifications?cursor=abc')).toMatchObject({
    status: 400,
    body: { title: 'bad-cursor' },
  })
  expect(await all('/api/notifications?limit=0')).toMatchObject({ status: 400, body: { title: 'bad-query' } })
  expect(await all('/api/notifications?severity=bad')).toMatchObject({
    status: 400,
    body: { title: 'bad-query' },
  })
  const [newest] = await client.list({ limit: 1 })
  await stage.client.post(`/api/notifications/${newest?.id}/acknowledge`, { by: 'carol' })
  const [read] = (await all('/api/notifications?limit=1')).body.notifications
  expect(read).toMatchObject({ status: 'ACKNOWLEDGED', metadata: { acknowledgedBy: 'carol' } })
})

it('says that there is no pager, or that it is away', async () => {
  expect(await api(null)('/api/notifications')).toMatchObject({ status: 409, body: { title: 'no-pager' } })
  const away = new PagerClient('http://127.0.0.1:9', tokenFile)
  expect(await api(away)('/api/notifications')).toMatchObject({ status: 503, body: { title: 'pager-away' } })
})

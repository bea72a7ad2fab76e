// Webhooks over the API: counts and dead letters for who may look, another chance from who may act, and no payload for anybody.

import { expect, it } from 'vitest'
import { Secret } from '../../../agent/config/secret.ts'
import type { Notice } from '../../../agent/webhooks/notice.ts'
import type { Target } from '../../../agent/webhooks/target.ts'
import { adminStage, problem, refusal } from './stage.ts'

const target: Target = {
  id: 'crm',
  url: 'https://crm.example/secret/path?token=hidden',
  secrets: [new Secret('0123456789abcdef')],
  events: [],
  pools: [],
  timeoutMs: 1_000,
  concurrency: 1,
  limit: 100,
}

/** A webhook with so many dead letters, which nothing delivers. */
async function withDead(count: number) {
  const stage = await adminStage(1, [target])
  const notices: Notice[] = Array.from({ length: count }, (_, i) => ({
    type: 'message.received',
    lane: 'c1',
    pool: 'sales',
    account: 'uae-1',
    at: i,
    data: { text: 'private' },
  }))
  const rows = await stage.webhooks.prepare(notices)
  await stage.sql.transaction((tx) => stage.webhooks.insert(tx, rows))
  await stage.sql.query(
    "UPDATE webhook_delivery SET state = 'dead', open = 0, ended_at = 1000, attempts = 20, error = 'gave-up: http 500'",
  )
  return { ...stage, ids: rows.map(({ id }) => id) }
}

it('shows what waits for each webhook, and its origin only', async () => {
  const { ask, webhooks } = await withDead(2)
  const listed = async () => (await (await ask('/api/webhooks', 'viewer')).json()) as unknown
  const crm = { id: 'crm', origin: 'https://crm.example' }
  expect(await listed()).toEqual({
    webhooks: [{ ...crm, queued: null, claimed: null, dead: null, oldestAt: null }],
    nextCursor: null,
  })
  await webhooks.count()
  expect(await listed()).toMatchObject({
    webhooks: [{ ...crm, queued: 0, claimed: 0, dead: 2, oldestAt: null }],
  })
  await webhooks.redrive('crm', null, { who: 'test', origin: 'test' })
  await webhooks.count()
  expect(await listed()).toEqual({
    webhooks: [{ ...crm, queued: 2, claimed: 0, dead: 0, oldestAt: expect.stringMatching(/^2\d{3}-/) }],
    nextCursor: null,
  })
})

it('lists dead letters, the newest first, without payloads', async () => {
  const { ask, ids } = await withDead(3)
  const answer = await ask('/api/webhooks/crm/deliveries?state=dead&limit=2', 'viewer')
  const text = await answer.text()
  expect(text).not.toContain('private')
  expect(JSON.parse(text)).toEqual({
    deliveries: [ids[2], ids[1]].map((id) => ({
      id,
      type: 'message.received',
      lane: 'c1',
      pool: 'sales',
      state: 'dead',
      attempts: 20,
      error: 'gave-up: http 500',
      createdAt: expect.any(String),
      nextAt: null,
      endedAt: '1970-01-01T00:00:01.000Z',
    })),
    nextCursor: expect.any(String),
  })
  const queued = await ask('/api/webhooks/crm/deliveries?state=queued', 'viewer')
  expect(await queued.json()).toEqual({ deliveries: [], nextCursor: null })
})

it('drives all of them again, or those that are named, and says how many', async () => {
  const { post, ids, events } = { ...(await withDead(3)), events: [] as unknown[] }
  const driven = async (body: unknown) => (await post('/api/webhooks/crm/redrive', body)).json()
  const none = { webhook: 'crm', redriven: 0, left: 0, hurried: 0 }
  expect(await driven({ ids: [ids[1]] })).toEqual({ ...none, redriven: 1 })
  expect(await driven('')).toEqual({ ...none, redriven: 2 })
  expect(await driven({})).toEqual(none)
  expect(events).toEqual([])
})

it.each([
  ['/api/webhooks/crm/deliveries?state=lost', 'one of queued, claimed, delivered, dead'],
  ['/api/webhooks/crm/deliveries?limit=0', 'limit'],
  ['/api/webhooks/crm/deliveries?colour=red', 'colour'],
])('refuses %s and names it', async (path, words) => {
  const { ask } = await withDead(0)
  const [status, code, detail] = await problem(await ask(path))
  expect([status, code]).toEqual([400, 'bad-query'])
  expect(detail).toContain(words)
})

it.each([
  ['not JSON', '{', 'not JSON'],
  ['an empty list', { ids: [] }, 'ids'],
  ['ids that are none', { ids: ['1; DROP TABLE'] }, 'the id of a delivery'],
  ['another key', { all: true }, 'all'],
])('refuses a body with %s', async (_, body, words) => {
  const { post } = await withDead(0)
  const [status, code, detail] = await problem(await post('/api/webhooks/crm/redrive', body))
  expect([status, code]).toEqual([400, 'bad-body'])
  expect(detail).toContain(words)
})

it('a webhook that nobody configured is a 404 that names those there are', async () => {
  const { post, ask } = await withDead(0)
  expect(await problem(await post('/api/webhooks/erp/redrive', {}))).toEqual([
    404,
    'unknown-webhook',
    'no webhook is called "erp"; there are crm',
  ])
  expect(await refusal(await ask('/api/webhooks/erp/deliveries'))).toBe('404 unknown-webhook')
  const none = await adminStage()
  expect((await problem(await none.ask('/api/webhooks/erp/deliveries')))[2]).toContain('none is configured')
})

it('what a webhook left that is configured no more is listed and not driven', async () => {
  const { ask, post, sql, webhooks } = await withDead(2)
  await sql.query("UPDATE webhook_delivery SET webhook = 'old'")
  await webhooks.count()
  expect(await (await ask('/api/webhooks')).json()).toMatchObject({
    webhooks: [
      { id: 'crm', origin: 'https://crm.example', dead: 0 },
      { id: 'old', origin: null, dead: 2 },
    ],
  })
  const { deliveries } = (await (await ask('/api/webhooks/old/deliveries')).json()) as {
    deliveries: unknown[]
  }
  expect(deliveries).toHaveLength(2)
  expect(await problem(await post('/api/webhooks/old/redrive', {}))).toEqual([
    404,
    'unknown-webhook',
    expect.stringContaining('"old" is not configured on this agent any more'),
  ])
})

it('a viewer may look and not drive', async () => {
  const { post } = await withDead(1)
  expect(await refusal(await post('/api/webhooks/crm/redrive', {}, 'viewer'))).toBe('403 role')
})

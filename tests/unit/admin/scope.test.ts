// For a caller who is limited to a pool nothing else exists: not in a list, not in a sum, not behind an id, not in the stream.

import { expect, it } from 'vitest'
import { addToken, mintToken } from '../../../agent/admin/tokens.ts'
import type { Account } from '../../../agent/fleet/fleet.ts'
import type { MessageView } from '../../../agent/outbox/row.ts'
import { list } from '../../../agent/store/audit.ts'
import { holdToContract } from '../../harness/contract.ts'
import { account } from '../fleet/stage.ts'
import { declared, goodOf } from './contract/requests.ts'
import { liveStage } from './live/follow.ts'
import { problem } from './stage.ts'

const care: Account = { ...account(7), id: 'care-1', phone: '+971500000077', pool: 'care', role: 'primary' }
const secret = /care|971500000077/

/** One account in the caller's pool and one in another, both open, with a past. */
async function open() {
  const stage = await liveStage([account(1), care])
  for (const socket of stage.server.sockets) {
    socket.to.open()
    socket.to.frame()
    socket.onSend = async ({ messageId }) => socket.to.ack(messageId, null)
  }
  stage.messages.outbox.wakeAll()
  await stage.monitor.pass()
  const { token, entry } = await mintToken('sales desk', 'admin', { pools: ['sales'] })
  addToken(stage.tokensFile, entry)
  const namesake = await mintToken('sales desk', 'admin', { pools: ['care'] })
  addToken(stage.tokensFile, namesake.entry)
  const authorization = `Bearer ${token}`
  const scoped = async (path: string, method = 'GET', body?: object): Promise<Response> => {
    const answer = await stage.app.request(path, {
      method,
      headers: { authorization },
      ...(body && { body: JSON.stringify(body) }),
    })
    return holdToContract(method, path, answer)
  }
  const sent = async (pool: string) =>
    (await (
      await stage.post('/api/messages?wait=5s', { pool, to: '+971500000009', text: 'hello' })
    ).json()) as MessageView
  const messages = { sales: await sent('sales'), care: await sent('care') }
  for (const id of ['uae-1', 'care-1']) {
    await stage.ask(`/api/accounts/${id}/mode`, 'admin', {
      method: 'PUT',
      body: JSON.stringify({ mode: 'draining' }),
    })
    for (const at of [1, 2])
      await stage.sql.query('INSERT INTO event (id, at, type, account, data) VALUES ($1, $2, $3, $4, $5)', [
        `${id}-${at}`,
        Date.now() - at,
        'session.opened',
        id,
        '{}',
      ])
  }
  return { ...stage, scoped, authorization, namesake: namesake.token, messages }
}

it('no answer to any good request names an account, a phone or a pool of others', async () => {
  const { app, authorization, messages } = await open()
  const told: string[] = []
  for (const { operation, path, init } of declared.flatMap(goodOf)) {
    if (operation['x-linda-stream'] || operation.path.startsWith('/link/')) continue
    const response = await app.request(path, { ...init, headers: { ...init.headers, authorization } })
    const text = await response.text()
    if (operation['x-linda-role'] !== 'open' && secret.test(text)) told.push(`${path}: ${text.slice(0, 200)}`)
  }
  expect(told).toEqual([])
  expect(messages.care.pool).toBe('care')
})

it('what is there for others is there for nobody who may not see it', async () => {
  const { scoped, messages } = await open()
  const asked: [string, string, object?][] = [
    ['GET', '/api/dashboard/connections/KEY'],
    ['GET', '/api/dashboard/connections/KEY/qr'],
    ['GET', '/api/dashboard/connections/KEY/linking'],
    ['POST', '/api/dashboard/quick-actions/KEY/reset-qr'],
    ['POST', '/api/dashboard/quick-actions/KEY/pairing-code'],
    ['POST', '/api/dashboard/quick-actions/KEY/link'],
    ['GET', '/api/dashboard/qr-metrics/KEY'],
    ['GET', '/api/health/KEY'],
    ['GET', '/api/health/trends/KEY'],
    ['POST', '/api/health/check', { phoneNumber: 'KEY' }],
    ['GET', '/api/diagnoses/KEY'],
    ['GET', '/api/analytics/KEY'],
    ['GET', '/api/reports/daily?phones=KEY'],
    ['POST', '/api/reports', { type: 'daily', phones: ['KEY'] }],
    ['PUT', '/api/accounts/KEY/mode', { mode: 'up' }],
    ['PUT', '/api/routing/accounts/KEY', { weight: 2 }],
    ['DELETE', '/api/routing/accounts/KEY'],
    ['POST', '/api/failovers', { from: 'KEY' }],
    ['POST', '/api/failovers', { from: 'uae-1', to: 'KEY' }],
    ['POST', '/api/failovers/clear', { account: 'KEY' }],
    ['POST', '/api/messages', { account: 'KEY', to: '+971500000009', text: 'x' }],
    ['GET', '/link/KEY/stream'],
  ]
  for (const [method, path, body] of asked) {
    const refused = async (key: string) => {
      const filled = body && JSON.parse(JSON.stringify(body).replaceAll('KEY', key))
      const [status, code, detail] = await problem(
        await scoped(path.replace('KEY', encodeURIComponent(key)), method, filled as object),
      )
      return [method, path, status, code, detail.replaceAll(key, 'KEY')]
    }
    const nobody = await refused('nobody-1')
    expect(await refused('care-1')).toEqual(nobody)
    expect(await refused('+971500000077')).toEqual(nobody)
    expect(nobody[2]).toBe(404)
  }
  for (const [method, what] of [
    ['GET', ''],
    ['POST', '/cancel'],
    ['POST', '/resend'],
  ] as const) {
    const path = (id: string) => `/api/messages/${id}${what}`
    expect((await scoped(path(messages.care.id), method)).status).toBe(404)
    expect((await scoped(path(messages.care.messageId), method)).status).toBe(404)
    expect((await scoped(path(messages.sales.id), method)).status).not.toBe(404)
  }
  for (const path of ['/api/routing?pool=care', '/api/routing/pools/care/strategy'])
    expect((await scoped(path, path.endsWith('y') ? 'DELETE' : 'GET')).status).toBe(404)
  const [status, , detail] = await problem(
    await scoped('/api/messages', 'POST', { pool: 'care', to: '+971500000009', text: 'x' }),
  )
  expect([status, detail]).toEqual([400, 'pool: there is no care, only sales'])
})

it('lists and sums are of what the caller sees, whatever is asked for', async () => {
  const { scoped, sql } = await open()
  const body = async <T>(path: string): Promise<T> => (await (await scoped(path)).json()) as T
  const { connections, systemHealth } = await body<{ connections: object[]; systemHealth: object }>(
    '/api/dashboard/connections',
  )
  expect([connections.length, systemHealth]).toMatchObject([
    1,
    { activeAccounts: 1, disconnectedAccounts: 0 },
  ])
  expect(await body('/api/health/status')).toMatchObject({
    totals: { HEALTHY: 1, WARNING: 0, UNHEALTHY: 0, UNKNOWN: 0 },
    totalChecks: null,
  })
  // The same as for a pool or an account that there is not.
  for (const path of [
    '/api/messages?pool=care',
    '/api/messages?account=care-1',
    '/api/failovers?pool=care',
    '/api/failovers?account=care-1',
    '/api/audit?pool=care',
    '/api/audit?account=care-1',
    '/api/events?account=care-1',
  ]) {
    const nowhere = path.replace(/care(-1)?$/, 'nowhere')
    const [there, not] = [await problem(await scoped(path)), await problem(await scoped(nowhere))]
    expect([there[0], there[1]], path).toEqual([
      404,
      path.includes('pool') ? 'unknown-pool' : 'unknown-account',
    ])
    expect(there[2].replace(/care(-1)?/, 'nowhere')).toBe(not[2])
  }
  expect((await body<{ messages: object[] }>('/api/messages?filter=pool:care')).messages).toEqual([])
  expect((await body<{ messages: object[] }>('/api/messages?filter=-pool:sales')).messages).toEqual([])
  expect((await body<{ messages: object[] }>('/api/messages')).messages).toHaveLength(1)
  expect((await body<{ events: object[] }>('/api/events')).events).toHaveLength(2)
  const { entries } = await body<{ entries: { account: string }[] }>('/api/audit')
  expect(entries.map((entry) => entry.account)).toEqual(['uae-1'])
  expect((await list(sql, { limit: 10 })).map((row) => row.account)).toEqual(['care-1', 'uae-1'])
  const { accounts } = await body<{ accounts: { account: string }[] }>('/api/reports/daily')
  expect(accounts.map((each) => each.account)).toEqual(['uae-1'])
})

it('the live stream tells of the pool alone, over both transports', async () => {
  const { socket, sse, server, live, bus, authorization } = await open()
  const readers = [await socket('', { authorization }), await sse('', { authorization })]
  for (const reader of readers) {
    const first = await reader.sees('snapshot')
    expect(first.connections).toMatchObject([{ account: 'uae-1' }])
  }
  // Of another pool, of the whole node, and then of the own pool: what comes is the last one.
  server.sockets[1]?.drop('connection-closed', 428)
  bus.emit('store.unreachable', { driver: 'sqlite', detail: 'gone' } as never)
  server.sockets[0]?.drop('connection-closed', 428)
  for (const reader of readers) {
    await reader.sees('connection:status-changed', ({ account }) => account === 'uae-1')
    expect(JSON.stringify(reader.frames)).not.toMatch(secret)
    expect(reader.frames.every(({ account, type }) => type === 'snapshot' || account === 'uae-1')).toBe(true)
    reader.leave()
  }
  expect(live.clients()).toBeDefined()
})

it('a view of another pool is refused with those there are', async () => {
  const { scoped } = await open()
  for (const query of ['pool=care', 'account=care-1', 'account=%2B971500000077']) {
    const [status, , detail] = await problem(await scoped(`/api/dashboard/stream?${query}`))
    expect(status).toBe(400)
    expect(detail.split('allowed:')[1]).not.toMatch(secret)
  }
})

it('the keys of a tenant are its own, whatever its token is called', async () => {
  const { app, authorization, namesake } = await open()
  const send = async (token: string, pool: string) => {
    const answer = await app.request('/api/messages', {
      method: 'POST',
      headers: { authorization: token, 'idempotency-key': 'order-1' },
      body: JSON.stringify({ pool, to: '+971500000009', text: `for ${pool}` }),
    })
    return { status: answer.status, id: ((await answer.json()) as { id?: string }).id }
  }
  const mine = await send(authorization, 'sales')
  const theirs = await send(`Bearer ${namesake}`, 'care')
  expect([mine.status, theirs.status]).toEqual([202, 202])
  expect(theirs.id).not.toBe(mine.id)
  expect((await send(authorization, 'sales')).id).toBe(mine.id)
})

// The list and the single connection have the shapes of the contract, in every state of a session.

import { afterEach, expect, it, vi } from 'vitest'
import { statusOf } from '../../../agent/admin/connections.ts'
import { sessionStates } from '../../../agent/words.ts'
import { adminStage, problem } from './stage.ts'

afterEach(() => vi.useRealTimers())
const list = '/api/dashboard/connections'
const iso = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)

it('lists every account with what the contract promises, and the fleet as a whole', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: 1_700_000_000_000 })
  const { ask, server } = await adminStage(3)
  const [first, second] = server.sockets
  first?.to.open()
  first?.to.frame()
  second?.to.code('CODE', 60_000)
  vi.setSystemTime(1_700_000_008_640)
  const body = (await (await ask(list, 'viewer')).json()) as { connections: object[]; systemHealth: object }
  const noQr = { qrsGenerated: 0, regenerationAttempts: 0, successRate: null }
  expect(body.connections).toMatchObject([
    {
      phoneNumber: '+971500000001',
      account: 'uae-1',
      status: 'CONNECTED',
      up: true,
      uptime: 8_640,
      // All that is known of it so far is one connection without a regeneration.
      healthScore: 100,
      qrMetrics: noQr,
      lastActivity: '2023-11-14T22:13:20.000Z',
      nextAlert: null,
    },
    {
      account: 'uae-2',
      status: 'PAIRING',
      up: false,
      uptime: 0,
      qrMetrics: { qrsGenerated: 1, regenerationAttempts: 0, successRate: 0 },
      nextAlert: 'PAIRING_REQUIRED',
    },
    { account: 'uae-3', status: 'CONNECTING', uptime: 0, lastActivity: null, nextAlert: null },
  ])
  expect(body.systemHealth).toEqual({
    // The mean of 100 and of the 50 that an unlinked account cannot exceed.
    overallScore: 75,
    activeAccounts: 1,
    disconnectedAccounts: 2,
    pendingAlerts: 1,
  })
})

it.each(['uae-1', '+971500000001', '971500000001', '%2B971500000001'])(
  'shows one connection as %s',
  async (key) => {
    const { ask, server } = await adminStage()
    server.last.to.open()
    const body = await (await ask(`${list}/${key}`, 'viewer')).json()
    expect(body).toEqual({
      accountHealth: {
        phoneNumber: '+971500000001',
        account: 'uae-1',
        status: 'CONNECTED',
        up: true,
        since: iso,
        uptime: expect.any(Number),
        lastActivity: null,
        lastDisconnect: null,
        nextKeepalive: iso,
        nextConnect: null,
        restriction: null,
        epoch: 1,
      },
      qrMetrics: {
        qrsGenerated: 0,
        regenerationAttempts: 0,
        regenerationsFailed: 0,
        averageTimeToConnect: null,
        lastQRTime: null,
      },
      healthScore: 100,
      healthStatus: 'HEALTHY',
      issues: [],
      recommendations: [],
    })
  },
)

it('a dropped one says when, why and what comes next', async () => {
  const { ask, server } = await adminStage()
  server.last.to.open()
  // So that the token is proven before, which takes longer than the wait for the next dial may.
  await ask(list)
  server.last.drop('connection-closed', 428)
  const { accountHealth } = (await (await ask(`${list}/uae-1`)).json()) as { accountHealth: object }
  expect(accountHealth).toMatchObject({
    status: 'CONNECTING',
    uptime: 0,
    lastDisconnect: { at: iso, reason: 'connection-closed', code: 428 },
    nextConnect: iso,
    nextKeepalive: null,
  })
})

it.each([
  ['logged-out', 401, 'LOGGED_OUT', 'LOGGED_OUT', /pair again/],
  ['replaced', 440, 'REPLACED', 'REPLACED', /Another program/],
  ['banned', 403, 'FAILED', 'SESSION_FAILED', /last disconnect/],
  ['passkey-required', null, 'WAITING', 'PASSKEY_REQUIRED', /passkey/],
] as const)('after %s it names the issue and what to do', async (reason, code, status, issue, advice) => {
  const { ask, server } = await adminStage()
  server.last.to.open()
  server.last.drop(reason, code)
  const body = (await (await ask(`${list}/uae-1`)).json()) as Record<'issues' | 'recommendations', string[]>
  expect(body).toMatchObject({ accountHealth: { status } })
  // The diagnoses come behind what a person must do.
  expect(body.issues[0]).toBe(issue)
  expect(body.recommendations.length).toBeGreaterThan(1)
  expect(body.recommendations[0]).toMatch(advice)
})

it('a scan counts, with its time', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: 1_700_000_000_000 })
  const { ask, server, fleet } = await adminStage()
  server.last.to.code('CODE', 60_000)
  fleet.find('uae-1')?.session.viewCode()
  vi.setSystemTime(1_700_000_018_400)
  server.last.to.paired()
  const one = await (await ask(`${list}/uae-1`)).json()
  expect(one).toMatchObject({
    qrMetrics: { averageTimeToConnect: 18_400, lastQRTime: '2023-11-14T22:13:20.000Z' },
  })
  const { connections } = (await (await ask(list)).json()) as { connections: object[] }
  expect(connections).toMatchObject([{ qrMetrics: { qrsGenerated: 1, successRate: 100 } }])
})

it('an account that nobody configured is a 404 that does not echo a whole page', async () => {
  const { ask } = await adminStage()
  expect(await problem(await ask(`${list}/nobody`))).toEqual([
    404,
    'unknown-account',
    'no account has the id or phone "nobody"',
  ])
  const [, , detail] = await problem(await ask(`${list}/${'x'.repeat(5_000)}`))
  expect(detail.length).toBeLessThan(120)
})

it('every state has a status in upper case', () => {
  expect(sessionStates.map(statusOf)).toEqual([
    'STOPPED',
    'CONNECTING',
    'PAIRING',
    'CONNECTED',
    'WAITING',
    'LOGGED_OUT',
    'RESTRICTED',
    'REPLACED',
    'FAILED',
  ])
})

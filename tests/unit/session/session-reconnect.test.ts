// A session whose connection ends does what the reconnect table says, and never has two connections at once.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Reason } from '../../../agent/words.ts'
import { stage } from './stage.ts'

beforeEach(() => vi.useFakeTimers({ now: 1_700_000_000_000 }))
afterEach(() => vi.useRealTimers())

it('opens, and says so in every place', async () => {
  const { session, open, states, of } = await stage()
  await open()
  expect(states()).toEqual(['connecting', 'open'])
  expect(of('session.opened')).toMatchObject([{ account: 'uae-1', epoch: 7, reconnect: false }])
  expect(session.snapshot).toMatchObject({
    account: 'uae-1',
    state: 'open',
    up: true,
    openedAt: Date.now(),
    nextLookAt: Date.now() + 5_000,
    lastDisconnect: null,
    retryAt: null,
  })
})

it('waits longer after each failure and dials again, one socket at a time', async () => {
  const { session, server, pass, of } = await stage({ random: () => 0.999 })
  session.start('started')
  await pass()
  for (const expected of [999, 1_998, 3_996, 7_992]) {
    server.last.drop('connection-closed', 428)
    expect(session.snapshot.retryAt).toBe(Date.now() + expected)
    const dialled = server.sockets.length
    await pass(expected - 1)
    expect(server.sockets).toHaveLength(dialled)
    await pass(1)
    expect(server.sockets).toHaveLength(dialled + 1)
    expect(server.alive).toHaveLength(1)
  }
  expect(of('session.retry-scheduled').map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4])
  expect(session.snapshot.lastDisconnect).toMatchObject({ reason: 'connection-closed', code: 428 })
})

it.each([
  ['a minute', 60_000, 500],
  ['a moment', 1_000, 1_000],
])(
  'a connection that was open for %s decides whether the back-off starts over',
  async (_, openMs, delayMs) => {
    const { open, server, pass, of, session } = await stage()
    await open()
    server.last.drop('connection-closed', 428)
    await pass(500)
    server.last.to.open()
    for (let ms = 0; ms < openMs; ms += 1_000) {
      server.last.to.frame()
      await pass(1_000)
    }
    expect(session.state).toBe('open')
    server.last.drop('connection-closed', 428)
    expect(of('session.retry-scheduled').at(-1)).toMatchObject({ delayMs })
    expect(of('session.opened').at(-1)).toMatchObject({ reconnect: true })
  },
)

it('515 is dialled again at once, with the same credentials', async () => {
  const { session, server, pass, auth } = await stage()
  session.start('started')
  await pass()
  server.last.drop('restart-required', 515)
  await pass()
  expect(server.sockets).toHaveLength(2)
  expect(server.last.options.auth).toBe(auth)
})

describe.each<[Reason, number | null, string]>([
  ['logged-out', 401, 'logged-out'],
  ['banned', 403, 'failed'],
  ['client-outdated', 405, 'failed'],
  ['multidevice-mismatch', 411, 'failed'],
  ['replaced', 440, 'replaced'],
  ['passkey-required', null, 'waiting'],
])('%s', (reason, code, state) => {
  it(`ends as ${state} and is never dialled again by itself`, async () => {
    const { session, open, server, pass } = await stage()
    await open()
    server.last.drop(reason, code)
    expect(session.snapshot).toMatchObject({
      state,
      up: false,
      openedAt: null,
      retryAt: null,
      nextLookAt: null,
    })
    await pass(24 * 3_600_000)
    expect(server.sockets).toHaveLength(1)
    expect(vi.getTimerCount()).toBe(0)
  })
})

it('a temporary ban is knocked at no sooner than the cap', async () => {
  const { open, server, pass } = await stage()
  await open()
  server.last.drop('temporarily-banned', 402)
  await pass(300_000)
  expect(server.sockets).toHaveLength(1)
  await pass(75_000)
  expect(server.sockets).toHaveLength(2)
})

it('a session that says open and goes silent is hung up and dialled again', async () => {
  const { open, server, pass, of, session } = await stage()
  await open()
  server.last.onPing = () => new Promise(() => {})
  await pass(31_500)
  expect(server.sockets[0]?.closed).toMatchObject({ reason: 'stalled' })
  expect(of('session.evidence-lost')).toMatchObject([{ account: 'uae-1', reason: 'stalled' }])
  expect(session.state).toBe('connecting')
  await pass(1_000)
  expect(server.alive).toHaveLength(1)
})

it('credentials that cannot be read are a failure like any other, and are tried again', async () => {
  const { session, server, pass, auth, of } = await stage()
  auth.discardHalfMade = () => Promise.reject(new Error('the store could not select: disk I/O error'))
  session.start('started')
  await pass()
  expect(of('session.closed')).toMatchObject([{ reason: 'internal-error' }])
  auth.discardHalfMade = async () => false
  await pass(1_000)
  expect(server.sockets).toHaveLength(1)
})

it('started twice while it dials, it has one connection', async () => {
  const { session, server, pass, limiter } = await stage()
  session.start('started')
  await pass()
  session.start('asked')
  await pass()
  expect(server.alive).toHaveLength(1)
  expect(limiter.opening).toBe(1)
})

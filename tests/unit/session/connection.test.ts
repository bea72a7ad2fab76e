// Whatever happens to a connection, its place goes to the next one, its end is said once, and nothing of it stays behind.

import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { StoredAuth } from '../../../agent/session/auth-state.ts'
import { ConnectLimiter } from '../../../agent/session/connect-limiter.ts'
import { asked, auth, pass, stage } from './connection-stage.ts'
import { hang } from './scripted-socket.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

it('neither open nor a code: the watchdog ends it and the place is free', async () => {
  const { dial, closes, limiter, types, of, server } = stage()
  await dial()
  expect(limiter.opening).toBe(1)
  await pass(20_000)
  expect(closes).toMatchObject([{ reason: 'connect-timeout', code: null }])
  expect(server.last.closed).toMatchObject({ reason: 'connect-timeout' })
  expect(limiter.opening).toBe(0)
  expect(types()).toEqual(['session.connecting', 'session.connect-failed', 'session.closed'])
  expect(of('session.connect-failed')).toMatchObject([
    { reason: 'connect-timeout', ms: 20_000, reconnect: true },
  ])
  expect(vi.getTimerCount()).toBe(0)
})

it.each(['open', 'code'] as const)('%s in time: the watchdog is gone and the place is free', async (what) => {
  const { dial, closes, limiter, server } = stage()
  await dial()
  if (what === 'open') server.last.to.open()
  else server.last.to.code('CODE', 60_000)
  await pass()
  expect(limiter.opening).toBe(0)
  await pass(25_000)
  expect(closes).toEqual([])
})

it('credentials that take for ever do not hold the place for ever, and come too late afterwards', async () => {
  const { dial, closes, limiter, server } = stage()
  let arrive = (_: StoredAuth) => {}
  const dialling = dial(() => new Promise((resolve) => (arrive = resolve)))
  await pass(20_000)
  expect(closes).toMatchObject([{ reason: 'connect-timeout' }])
  expect(limiter.opening).toBe(0)
  arrive(auth)
  await dialling
  expect(server.sockets).toEqual([])
})

it.each([
  [
    'reading the credentials',
    (at: ReturnType<typeof stage>) => at.dial(() => Promise.reject(new Error('boom'))),
  ],
  [
    'opening the socket',
    (at: ReturnType<typeof stage>) => {
      at.server.onOpen = () => {
        throw new Error('boom')
      }
      return at.dial()
    },
  ],
])('a failure while %s is an end with its words, not a rejection', async (_, act) => {
  const at = stage()
  await act(at)
  await pass()
  expect(at.closes).toEqual([{ reason: 'internal-error', code: null, detail: 'boom' }])
  expect(at.limiter.opening).toBe(0)
  expect(vi.getTimerCount()).toBe(0)
})

it('closed while it waits for its turn, it never dials and leaves the queue', async () => {
  const limiter = new ConnectLimiter(1)
  const place = await limiter.take(new AbortController().signal)
  const { dial, closes, server, connection, of } = stage(limiter)
  const dialling = dial()
  expect(limiter.waiting).toBe(1)
  connection.close(asked)
  await dialling
  expect(closes).toEqual([asked])
  expect(limiter.waiting).toBe(0)
  place.release()
  await pass()
  expect(server.sockets).toEqual([])
  expect(of('session.connecting')).toEqual([])
  expect(limiter.opening).toBe(0)
})

it('the time spent waiting is told apart from the time spent connecting', async () => {
  const limiter = new ConnectLimiter(1)
  const place = await limiter.take(new AbortController().signal)
  const { dial, server, of } = stage(limiter)
  const dialling = dial()
  await pass(700)
  place.release()
  await dialling
  await pass(300)
  server.last.to.open()
  expect(of('session.connecting')).toMatchObject([{ attempt: 2, waitedMs: 700 }])
  expect(of('session.opened')).toMatchObject([{ ms: 300 }])
})

it('asked to end while it dials, it is closed and no failure is counted', async () => {
  const { dial, connection, of } = stage()
  await dial()
  connection.close(asked)
  connection.close(asked)
  expect(of('session.connect-failed')).toEqual([])
  expect(of('session.closed')).toMatchObject([{ reason: 'asked', openForMs: null }])
})

it('dead while open: the watch ends it, and the end tells how long it was open', async () => {
  const { dial, server, of, closes } = stage()
  await dial()
  server.last.onPing = hang
  server.last.to.open()
  await pass(31_500)
  expect(closes).toMatchObject([{ reason: 'stalled' }])
  expect(of('session.closed')).toMatchObject([{ reason: 'stalled', openForMs: 31_500 }])
  expect(vi.getTimerCount()).toBe(0)
})

it('what the adapter contained is told with the account', async () => {
  const { dial, server, of } = stage()
  await dial()
  server.last.to.trap('frame-rejected', 'bad mac')
  expect(of('session.trapped')).toMatchObject([
    { account: 'uae-1', trap: 'frame-rejected', detail: 'bad mac' },
  ])
})

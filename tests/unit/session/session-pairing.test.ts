// Linking a phone: codes that nobody looks at are not renewed, and the credentials of an abandoned pairing are never dialled with.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Stage, type StageOptions, stage } from './stage.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

async function pairing(options: StageOptions = {}): Promise<Stage> {
  const at = await stage({ paired: false, ...options })
  at.session.start('started')
  await at.pass()
  at.server.last.to.code('CODE-1', 60_000)
  return at
}

it('a phone that scans is linked over a second connection', async () => {
  const { session, server, pass, states, of, auth } = await pairing()
  await pass(4_000)
  expect(session.viewCode()).toMatchObject({ code: 'CODE-1', index: 1 })
  await pass(3_000)
  auth.creds.me = { id: '971500000001:1@s.whatsapp.net' }
  auth.creds.account = { details: new Uint8Array([1]) }
  server.last.to.paired()
  server.last.drop('restart-required', 515)
  await pass()
  server.last.to.open()
  expect(states()).toEqual(['connecting', 'pairing', 'connecting', 'open'])
  expect(of('pairing.scanned')).toMatchObject([{ scanMs: 3_000 }])
  expect(of('pairing.ended')).toMatchObject([{ outcome: 'linked', viewed: true, ms: 7_000 }])
  expect(session.viewCode()).toBeNull()
})

it('while a code is shown nobody else waits for the place among the connects', async () => {
  const { limiter, pass } = await pairing()
  await pass()
  expect(limiter.opening).toBe(0)
})

describe('when the codes ran out', () => {
  it('and nobody had looked, it waits for somebody to ask', async () => {
    const { session, server, pass, of } = await pairing()
    server.last.drop('codes-ended', 408)
    expect(session.state).toBe('waiting')
    await pass(3_600_000)
    expect(server.sockets).toHaveLength(1)
    expect(of('pairing.ended')).toMatchObject([{ outcome: 'expired', viewed: false }])
    expect(of('pairing.regenerated')).toEqual([])
  })

  it('and somebody looks, the codes of another connection continue the attempt', async () => {
    const { session, server, pass, of } = await pairing()
    session.viewCode()
    server.last.drop('codes-ended', 408)
    await pass()
    expect(server.sockets).toHaveLength(2)
    server.last.to.code('CODE-2', 60_000)
    expect(session.viewCode()).toMatchObject({ code: 'CODE-2', index: 2 })
    expect(of('pairing.started')).toHaveLength(1)
  })

  it('at once, again and again, it dials no faster than the back-off', async () => {
    const { session, server, pass } = await pairing()
    session.viewCode()
    server.onOpen = (socket) =>
      queueMicrotask(() => {
        socket.to.code('CODE', 60_000)
        socket.drop('codes-ended', 408)
      })
    server.last.drop('codes-ended', 408)
    await pass(10_000)
    expect(server.sockets.length).toBeLessThan(12)
  })
})

describe('when the window is over', () => {
  it('and nobody had looked, it waits for somebody to ask', async () => {
    const { session, server, pass, of } = await pairing()
    await pass(120_000)
    expect(session.state).toBe('waiting')
    expect(server.alive).toEqual([])
    await pass(3_600_000)
    expect(server.sockets).toHaveLength(1)
    expect(of('pairing.ended')).toMatchObject([{ outcome: 'expired', viewed: false }])
    expect(of('session.closed')).toMatchObject([{ reason: 'window-expired' }])
  })

  it('between two connections, it waits without one', async () => {
    const { session, server, pass } = await pairing()
    server.onOpen = (socket) => queueMicrotask(() => socket.drop('refused', 408))
    server.last.drop('connection-closed', 428)
    await pass(120_000)
    expect(session.state).toBe('waiting')
    const dials = server.sockets.length
    await pass(3_600_000)
    expect(server.sockets).toHaveLength(dials)
  })

  it('regenerates while somebody looks, then shows a code to be typed, then waits for a person', async () => {
    const { session, server, pass, of } = await pairing()
    for (let attempt = 1; attempt <= 4; attempt++) {
      expect(session.viewCode()).toMatchObject({ method: 'qr' })
      await pass(120_000)
      await pass(1)
      server.last.to.code(`CODE-${attempt + 1}`, 60_000)
      await pass()
    }
    expect(server.sockets).toHaveLength(5)
    expect(server.last.codesFor).toEqual(['971500000001'])
    // The connection lives as long as the code, whatever QR codes it hands out meanwhile.
    expect(server.last.options.codeLifeMs).toBe(180_000)
    server.last.to.code('CODE-6', 20_000)
    await pass()
    expect(server.last.codesFor).toHaveLength(1)
    expect(session.viewCode()).toMatchObject({ code: 'ABCD1234', method: 'code' })
    await pass(180_000)
    expect(session.state).toBe('waiting')
    expect(session.snapshot.askable).toBe(false)
    expect(of('pairing.given-up')).toHaveLength(1)
    expect(session.pairing.counts).toMatchObject({ attempts: 5, regenerations: 3, regenerationsFailed: 1 })
    expect(session.viewCode()).toBeNull()
    await pass(3_600_000)
    expect(server.sockets).toHaveLength(5)
    await session.restart()
    await pass()
    server.last.to.code('CODE-7', 60_000)
    expect(session.viewCode()).toMatchObject({ code: 'CODE-7', method: 'qr' })
  })

  it('the window of an attempt is asked for with the regenerations before it', async () => {
    const asked: number[] = []
    const window = (inARow: number) => {
      asked.push(inARow)
      return { windowMs: inARow === 0 ? 60_000 : 180_000, source: 'account' }
    }
    const { session, server, pass } = await pairing({ window })
    session.viewCode()
    await pass(60_000)
    await pass(1)
    server.last.to.code('CODE-2', 60_000)
    session.viewCode()
    await pass(179_990)
    expect(session.state).toBe('pairing')
    expect(asked).toEqual([0, 1])
  })
})

it('a code to be typed that cannot be had is asked for again, no faster than the back-off', async () => {
  const { session, server, pass } = await pairing()
  server.onOpen = (socket) => {
    socket.onPairingCode = () => Promise.reject(new Error('Timed Out'))
    queueMicrotask(() => socket.to.code('CODE', 60_000))
  }
  await session.restart('code')
  await pass(30_000)
  const asked = server.sockets.flatMap(({ codesFor }) => codesFor).length
  expect(asked).toBeGreaterThan(1)
  expect(asked).toBeLessThan(12)
  expect(session.viewCode()).toBeNull()
})

it('asking a waiting session for a code starts it again, and the next asking shows the code', async () => {
  const { session, server, pass } = await pairing()
  server.last.drop('codes-ended', 408)
  expect(session.viewCode()).toBeNull()
  await pass()
  expect(session.state).toBe('connecting')
  expect(server.sockets).toHaveLength(2)
  server.last.to.code('CODE-2', 60_000)
  expect(session.viewCode()).toMatchObject({ code: 'CODE-2' })
})

it('a connection that drops in the middle continues the same attempt', async () => {
  const { server, pass, of } = await pairing()
  server.last.drop('connection-closed', 428)
  await pass(1_000)
  server.last.to.code('CODE-2', 60_000)
  expect(of('pairing.started')).toHaveLength(1)
  expect(of('pairing.code-issued')).toMatchObject([
    { attempt: 1, index: 1 },
    { attempt: 1, index: 2 },
  ])
})

it('a phone that demands a passkey ends the attempt with that word, and only a reset tries again', async () => {
  const { session, server, of } = await pairing()
  server.last.drop('passkey-required')
  expect(session.state).toBe('waiting')
  expect(of('pairing.ended')).toMatchObject([{ outcome: 'passkey' }])
  expect(session.viewCode()).toBeNull()
  expect(session.snapshot).toMatchObject({ state: 'waiting', askable: false })
  await session.restart()
  expect(session.state).toBe('connecting')
})

it('a server that refuses the attempt ends it as refused', async () => {
  const { session, server, of } = await pairing()
  server.last.drop('banned', 403)
  expect(session.state).toBe('failed')
  expect(of('pairing.ended')).toMatchObject([{ outcome: 'refused' }])
})

it('credentials that an abandoned pairing left behind are thrown away before dialling', async () => {
  const { session, server, pass, auth, of } = await stage({ paired: false })
  auth.creds.me = { id: '971500000001@s.whatsapp.net' }
  auth.saveCreds()
  session.start('started')
  await pass()
  expect(auth.creds.me).toBeUndefined()
  expect(server.sockets).toHaveLength(1)
  expect(of('session.trapped')).toMatchObject([{ trap: 'credentials-discarded' }])
})

it('stopping ends the attempt as aborted', async () => {
  const { session, of } = await pairing()
  await session.stop()
  expect(of('pairing.ended')).toMatchObject([{ outcome: 'aborted' }])
})

it('a code whose connection is gone is not shown any more', async () => {
  const { session, server } = await pairing()
  expect(session.viewCode()).toMatchObject({ code: 'CODE-1' })
  server.last.drop('connection-closed', 428)
  expect(session.pairing.current()).toBeNull()
  expect(session.viewCode()).toBeNull()
})

it('who asks again and again and never looks gets five attempts, and no code to be typed unseen', async () => {
  const { session, server, pass } = await pairing()
  for (let asked = 0; asked < 9; asked++) {
    await pass(120_000)
    session.viewCode()
    await pass(1)
    if (session.state === 'connecting') server.last.to.code('CODE', 60_000)
  }
  expect(session.state).toBe('waiting')
  expect(session.snapshot.askable).toBe(false)
  expect(session.pairing.counts.attempts).toBe(5)
  await session.restart('code')
  await pass(1)
  server.last.to.code('CODE', 60_000)
  await pass(180_000)
  expect(server.last.codesFor).toHaveLength(1)
  session.viewCode()
  await pass(1)
  server.last.to.code('CODE', 60_000)
  await pass(1)
  expect(server.last.codesFor).toEqual([])
})

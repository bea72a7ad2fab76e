// Linking a phone: codes that nobody looks at are not renewed, and the credentials of an abandoned pairing are never dialled with.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Stage, stage } from './stage.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

async function pairing(): Promise<Stage> {
  const at = await stage({ paired: false })
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

  it('and somebody had looked, a fresh attempt begins at once', async () => {
    const { session, server, pass, of } = await pairing()
    session.viewCode()
    server.last.drop('codes-ended', 408)
    await pass()
    expect(server.sockets).toHaveLength(2)
    expect(of('pairing.regenerated')).toMatchObject([{ attempt: 2, inARow: 1 }])
  })

  it('and the allowance is used up, it waits even while somebody looks', async () => {
    const { session, server, pass } = await pairing()
    for (let attempt = 1; attempt <= 4; attempt++) {
      expect(session.state).toBe('pairing')
      session.viewCode()
      server.last.drop('codes-ended', 408)
      await pass()
      if (attempt < 4) server.last.to.code(`CODE-${attempt + 1}`, 60_000)
    }
    expect(session.state).toBe('waiting')
    expect(server.sockets).toHaveLength(4)
    expect(session.pairing.counts).toMatchObject({ attempts: 4, regenerations: 3, regenerationsFailed: 1 })
  })
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

// Starting over by hand leaves exactly one connection, keeps good credentials, and loses against a stop.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { stage } from './stage.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

describe('starting over by hand', () => {
  it.each([
    ['logged-out', 'logged-out', false],
    ['failed', 'banned', false],
    ['replaced', 'replaced', true],
    ['waiting', 'passkey-required', true],
  ] as const)('from %s: good credentials stay, worthless ones go', async (state, reason, kept) => {
    const { open, server, session, auth, pass } = await stage()
    await open()
    server.last.drop(reason)
    expect(session.state).toBe(state)
    await session.restart()
    await pass()
    expect(auth.paired).toBe(kept)
    expect(session.state).toBe('connecting')
    expect(server.alive).toHaveLength(1)
  })

  it('twice at once leaves one connection', async () => {
    const { open, server, session, pass, limiter } = await stage()
    await open()
    server.last.drop('logged-out', 401)
    await Promise.all([session.restart(), session.restart()])
    await pass()
    expect(server.alive).toHaveLength(1)
    expect(limiter.opening).toBe(1)
  })

  it('loses against a stop that comes while worthless credentials are thrown away', async () => {
    const { open, server, session, pass } = await stage()
    await open()
    server.last.drop('logged-out', 401)
    const restart = session.restart()
    await session.stop()
    await restart
    await pass(60_000)
    expect(session.state).toBe('stopped')
    expect(server.alive).toEqual([])
  })

  it('twice at once with a slow store shows only codes of the credentials that are kept', async () => {
    const { open, server, session, pass, auth } = await stage()
    await open()
    server.last.drop('logged-out', 401)
    const { reset } = auth
    let resets = 0
    auth.reset = async () => {
      await new Promise((resolve) => setTimeout(resolve, 300 * ++resets))
      await reset.call(auth)
    }
    const both = Promise.all([session.restart('qr'), session.restart('code')])
    await pass(1_000)
    await both
    await pass()
    expect(resets).toBe(1)
    expect(server.alive).toHaveLength(1)
    expect(session.pairing.method).toBe('code')
  })

  it('that cannot throw the old credentials away changes nothing and may be tried again', async () => {
    const { open, server, session, pass, auth } = await stage()
    await open()
    server.last.drop('logged-out', 401)
    const { reset } = auth
    auth.reset = () => Promise.reject(new Error('disk full'))
    await expect(session.restart()).rejects.toThrow('disk full')
    expect(session.state).toBe('logged-out')
    auth.reset = reset
    await session.restart()
    await pass()
    expect(session.state).toBe('connecting')
  })

  it('closes the connection that is there', async () => {
    const { open, server, session, pass } = await stage()
    await open()
    await session.restart()
    await pass()
    expect(server.sockets[0]?.closed).toMatchObject({ reason: 'asked' })
    expect(server.alive).toHaveLength(1)
  })
})

describe('credentials of another phone than the configured one', () => {
  it('are never dialled with, and a reset throws them away', async () => {
    const { session, server, auth, pass, of } = await stage()
    auth.creds.me = { id: '971500000099:1@s.whatsapp.net' }
    session.start('started')
    await pass()
    expect(server.sockets).toEqual([])
    expect(session.state).toBe('failed')
    expect(of('session.state-changed').at(-1)).toMatchObject({ to: 'failed', reason: 'wrong-phone' })
    await pass(600_000)
    expect(server.sockets).toEqual([])
    await session.restart()
    await pass()
    expect(auth.paired).toBe(false)
    expect(server.alive).toHaveLength(1)
  })

  it('are found after a scan with the wrong phone', async () => {
    const { session, server, auth, pass } = await stage({ paired: false })
    session.start('started')
    await pass()
    server.last.to.code('2@code', 20_000)
    auth.creds.me = { id: '971500000099:1@s.whatsapp.net' }
    auth.creds.account = { details: new Uint8Array([1]) }
    server.last.to.paired()
    server.last.drop('restart-required', 515)
    await pass()
    expect(session.state).toBe('failed')
    expect(server.sockets).toHaveLength(1)
  })
})

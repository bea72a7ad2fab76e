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

  it('closes the connection that is there', async () => {
    const { open, server, session, pass } = await stage()
    await open()
    await session.restart()
    await pass()
    expect(server.sockets[0]?.closed).toMatchObject({ reason: 'asked' })
    expect(server.alive).toHaveLength(1)
  })
})

// Stopping wins over everything that is under way, and a session that runs is not started twice.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { IllegalTransition } from '../../../agent/session/states.ts'
import { type Stage, stage } from './stage.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

const situations: [string, (at: Stage) => Promise<void> | void][] = [
  ['before it was started', () => {}],
  [
    'while it waits for its turn',
    async ({ session, limiter }) => {
      for (let taken = 0; taken < 3; taken++) await limiter.take(new AbortController().signal)
      session.start('started')
    },
  ],
  [
    'while its credentials are read',
    ({ session, auth }) => {
      auth.discardHalfMade = () => new Promise((resolve) => setTimeout(() => resolve(false), 1_000))
      session.start('started')
    },
  ],
  [
    'while it dials',
    async ({ session, pass }) => {
      session.start('started')
      await pass()
    },
  ],
  [
    'while a code is shown',
    async ({ session, server, pass }) => {
      session.start('started')
      await pass()
      server.last.to.code('CODE', 60_000)
    },
  ],
  ['while it is open', ({ open }) => open()],
  [
    'while it is restricted',
    async ({ open, server }) => {
      await open()
      server.last.to.restriction({ kind: 'reachout-timelock', untilMs: null })
    },
  ],
  [
    'while it waits to dial again',
    async ({ open, server }) => {
      await open()
      server.last.drop('connection-closed', 428)
    },
  ],
  [
    'while a probe is under way',
    async ({ open, server, session }) => {
      await open()
      server.last.onPing = () => new Promise(() => {})
      void session.probe()
    },
  ],
]

describe.each(situations)('stopped %s', (_, arrange) => {
  it('every socket is closed and nothing wakes it up again', async () => {
    const at = await stage()
    await arrange(at)
    await at.session.stop()
    expect(at.session.state).toBe('stopped')
    const dialled = at.server.sockets.length
    await at.pass(3_600_000)
    expect(at.server.alive).toEqual([])
    expect(at.server.sockets).toHaveLength(dialled)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('it can be started again', async () => {
    const at = await stage()
    await arrange(at)
    await at.session.stop()
    at.session.start('asked')
    expect(at.session.state).toBe('connecting')
  })
})

it('stop resolves only when the credentials are durable', async () => {
  const { open, session, auth, sql } = await stage()
  await open()
  auth.creds.nextPreKeyId = 4711
  auth.saveCreds()
  await session.stop()
  const [row] = await sql.query<{ value: Uint8Array }>("SELECT value FROM auth WHERE name = 'creds'")
  expect(Buffer.from(row?.value ?? []).toString()).toContain('4711')
})

it.each(['open', 'pairing'])('a session that is %s is not started a second time', async (state) => {
  const { open, session, server, pass } = await stage()
  if (state === 'open') await open()
  else {
    session.start('started')
    await pass()
    server.last.to.code('CODE', 60_000)
  }
  expect(() => session.start('asked')).toThrow(IllegalTransition)
  expect(server.alive).toHaveLength(1)
})

it('what the library does with the keys is waited for, and nothing more can be done with them', async () => {
  const { open, session, auth, server, sql } = await stage()
  await open()
  const { keys } = server.last.options.auth as typeof auth
  const names = async () => (await sql.query("SELECT name FROM auth WHERE name LIKE 'session:%'")).length
  // Half of a turn: what is read is computed with and written.
  let written: Promise<unknown> = Promise.resolve()
  const turn = Promise.resolve(keys.get('session', ['a'])).then(() => {
    written = Promise.resolve(keys.set({ session: { a: new Uint8Array([1]) } }))
  })
  await session.stop()
  expect(await names()).toBe(1)
  await Promise.all([turn, written])
  await expect(keys.get('session', ['a'])).rejects.toThrow('the session has been stopped')
  await expect(keys.set({ session: { b: new Uint8Array([2]) } })).rejects.toThrow(
    'the session has been stopped',
  )
  expect(await names()).toBe(1)
  // A later connection gets keys of its own.
  expect(await auth.keys.get('session', ['a'])).toEqual({ a: expect.anything() })
})

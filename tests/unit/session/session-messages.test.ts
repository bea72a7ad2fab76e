// What a session sends, receives and is refused: sends go only where a connection is open, restrictions are believed and outlive it.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Inbound } from '../../../agent/session/socket.ts'
import { phoneWriter } from '../../harness/phone-writer.ts'
import { stage } from './stage.ts'

beforeEach(() => vi.useFakeTimers({ now: 1_700_000_000_000 }))
afterEach(() => vi.useRealTimers())

const message = (messageId: string) => ({ messageId, to: '971500000002@s.whatsapp.net', text: 'hello' })
const timelock = { kind: 'reachout-timelock', untilMs: null }

it('sends over the open connection and resolves with the acknowledgement', async () => {
  const { open, session, server, pass } = await stage()
  await open()
  const sent = session.send(message('M1'))
  await pass(80)
  expect(session.snapshot.inFlight).toBe(1)
  server.last.to.ack('M1', null)
  expect(await sent).toBe(80)
  expect(server.last.sent).toEqual([message('M1')])
})

it.each(['before it is open', 'after it closed'])('refuses to send %s: certainly not sent', async (when) => {
  const { open, session, server, pass } = await stage()
  if (when.startsWith('after')) {
    await open()
    server.last.drop('connection-closed', 428)
  } else {
    session.start('started')
    await pass()
  }
  await expect(session.send(message('M1'))).rejects.toMatchObject({ code: 'not-open', outcome: 'failed' })
})

it('a connection that closes leaves what was on its way unknown', async () => {
  const { open, session, server } = await stage()
  await open()
  const sent = session.send(message('M1'))
  server.last.drop('connection-closed', 428)
  await expect(sent).rejects.toMatchObject({ code: 'connection-closed', outcome: 'unknown' })
  expect(session.snapshot.inFlight).toBe(0)
})

it('an overdue acknowledgement makes it look sooner than idling would', async () => {
  const { open, session, server, pass } = await stage()
  await open()
  session.send(message('M1')).catch(() => {})
  await pass(5_000)
  expect(server.last.pings).toBe(1)
})

it('hands on each inbound message once, also across a reconnect', async () => {
  const { open, server, pass, inbound, of } = await stage()
  await open()
  const received: Inbound = {
    messageId: 'IN1',
    ...phoneWriter('971500000002'),
    text: 'hi',
    kind: 'text',
    refersTo: null,
    atMs: 1,
    offline: false,
  }
  server.last.to.received(received)
  server.last.drop('connection-closed', 428)
  await pass(1_000)
  server.last.to.received({ ...received, offline: true })
  server.last.to.undecryptable('IN2')
  expect(inbound).toEqual([received])
  expect(of('message.undecryptable')).toMatchObject([{ messageId: 'IN2' }])
})

it('up turns to 0 when evidence stops, although the socket still says open', async () => {
  const { open, session, server, pass } = await stage()
  await open()
  await pass(20_000)
  server.last.to.frame()
  expect(session.snapshot).toMatchObject({ up: true, lastEvidenceAt: Date.now() })
  server.last.onPing = () => new Promise(() => {})
  await pass(31_500)
  expect(session.snapshot.up).toBe(false)
})

it.each([
  ['an answer', async () => {}, true],
  ['no answer', () => Promise.reject(new Error('no pong')), false],
])('a manual probe with %s says %s', async (_, onPing, alive) => {
  const { open, session, server } = await stage()
  expect(await session.probe()).toBe(false)
  await open()
  server.last.onPing = onPing
  expect(await session.probe()).toBe(alive)
})

describe('a restriction', () => {
  it('shows while it lasts and goes when WhatsApp says so', async () => {
    const { open, server, session, states, of } = await stage()
    await open()
    server.last.to.restriction({ kind: 'reachout-timelock', untilMs: 1_700_000_600_000 })
    expect(session.snapshot).toMatchObject({ state: 'restricted', up: true })
    expect(session.snapshot.restriction).toMatchObject({ untilMs: 1_700_000_600_000 })
    server.last.to.restriction(null)
    expect(states().slice(-2)).toEqual(['restricted', 'open'])
    expect(session.snapshot.restriction).toBeNull()
    expect(of('session.restriction-lifted')).toHaveLength(1)
  })

  it('is believed at the first refusal 463, and WhatsApp is asked about it', async () => {
    const { open, session, server, of } = await stage()
    await open()
    const sent = session.send(message('M1'))
    server.last.to.ack('M1', 463)
    await expect(sent).rejects.toMatchObject({ code: 'nack-463', outcome: 'failed' })
    expect(session.state).toBe('restricted')
    expect(server.last.checks).toBe(1)
    expect(of('session.restricted')).toMatchObject([{ kind: 'reachout-timelock', untilMs: null }])
  })

  it('with a known end does not forget it at the next refusal, and is announced once', async () => {
    const { open, session, server, of } = await stage()
    await open()
    server.last.to.restriction({ kind: 'reachout-timelock', untilMs: 1_700_000_600_000 })
    session.send(message('M1')).catch(() => {})
    server.last.to.ack('M1', 463)
    expect(session.snapshot.restriction).toMatchObject({ untilMs: 1_700_000_600_000 })
    expect(of('session.restricted')).toHaveLength(1)
  })

  it.each([402, 479, 500])('is not concluded from another refusal (%d)', async (refusal) => {
    const { open, session, server } = await stage()
    await open()
    session.send(message('M1')).catch(() => {})
    server.last.to.ack('M1', refusal)
    expect(session.state).toBe('open')
  })

  it('outlives the connection on which it was learned, and is asked about on the next', async () => {
    const { open, server, pass, states } = await stage()
    await open()
    server.last.to.restriction(timelock)
    server.last.drop('connection-closed', 428)
    await pass(1_000)
    server.last.to.open()
    expect(states().slice(-4)).toEqual(['restricted', 'connecting', 'open', 'restricted'])
    expect(server.last.checks).toBe(1)
  })

  it('does not stop what may still be sent', async () => {
    const { open, server, session } = await stage()
    await open()
    server.last.to.restriction(timelock)
    const sent = session.send(message('M1'))
    server.last.to.ack('M1', null)
    await expect(sent).resolves.toBeTypeOf('number')
  })
})

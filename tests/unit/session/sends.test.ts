// Every message ends exactly once, and `failed` is said only where it cannot have arrived.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { EvidenceWatch } from '../../../agent/session/evidence-watch.ts'
import { Sends } from '../../../agent/session/sends.ts'
import { SendError } from '../../../agent/session/socket.ts'
import { hear } from '../events/heard.ts'
import { hang, ScriptedServer, type ScriptedSocket, settings } from './scripted-socket.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

const message = { messageId: 'M1', to: '971500000001@s.whatsapp.net', text: 'hello' }
const quiet = new Proxy({}, { get: () => () => {} }) as never
const tick = () => vi.advanceTimersByTimeAsync(0)

function stage() {
  const heard = hear()
  const about = { account: 'uae-1' }
  const socket = new ScriptedServer().open(
    { ...settings, auth: quiet, textOf: () => undefined },
    quiet,
  ) as ScriptedSocket
  const watch = new EvidenceWatch(socket, settings, heard.bus, about, () => {})
  const sends = new Sends(heard.bus, about, 30_000)
  const send = (m = message) => {
    const told: unknown[] = []
    sends.send(socket, watch, m).then(
      (ms) => told.push(ms),
      (error: SendError) => told.push({ code: error.code, outcome: error.outcome }),
    )
    return told
  }
  const story = () => heard.types().filter((type) => type.startsWith('message.'))
  return { ...heard, socket, watch, sends, send, story }
}

describe('the server', () => {
  it('acknowledges: the sender learns how long it took', async () => {
    const { send, sends, watch, story, of } = stage()
    const told = send()
    await vi.advanceTimersByTimeAsync(120)
    expect(told).toEqual([])
    expect(sends.inFlight).toBe(1)
    sends.answered('M1', null, watch)
    await tick()
    expect(told).toEqual([120])
    expect(story()).toEqual(['message.sent', 'message.acked'])
    expect(of('message.acked')).toMatchObject([{ account: 'uae-1', messageId: 'M1', ms: 120 }])
    expect(sends.inFlight).toBe(0)
  })

  it('refuses: certain failure, with its code', async () => {
    const { send, sends, watch, story } = stage()
    const told = send()
    await tick()
    sends.answered('M1', 463, watch)
    await tick()
    expect(told).toEqual([{ code: 'nack-463', outcome: 'failed' }])
    expect(story()).toEqual(['message.sent', 'message.failed'])
  })

  it('acknowledges before the library says that it was written: sent still comes first, and once', async () => {
    const { send, sends, watch, story, socket } = stage()
    let written = () => {}
    socket.onSend = () => new Promise((resolve) => (written = resolve))
    const told = send()
    sends.answered('M1', null, watch)
    written()
    await tick()
    expect(told).toHaveLength(1)
    expect(story()).toEqual(['message.sent', 'message.acked'])
  })

  it('says nothing: unknown at the deadline, and a late ack does not end it twice', async () => {
    const { send, sends, watch, story, of } = stage()
    const told = send()
    await vi.advanceTimersByTimeAsync(30_000)
    expect(told).toEqual([{ code: 'ack-timeout', outcome: 'unknown' }])
    await vi.advanceTimersByTimeAsync(5_000)
    sends.answered('M1', null, watch)
    await tick()
    expect(told).toHaveLength(1)
    expect(story()).toEqual(['message.sent', 'message.failed', 'message.ack-late'])
    expect(of('message.ack-late')).toMatchObject([{ messageId: 'M1', ms: 35_000 }])
  })

  it('repeats an acknowledgement: nobody had been told that the outcome is unknown', async () => {
    const { send, sends, watch, of } = stage()
    send()
    await tick()
    sends.answered('M1', null, watch)
    sends.answered('M1', null, watch)
    expect(of('message.ack-late')).toEqual([])
    expect(of('message.acked')).toHaveLength(1)
  })

  it('acknowledges what was never sent from here: no event', () => {
    const { sends, watch, story } = stage()
    sends.answered('M9', null, watch)
    expect(story()).toEqual([])
  })
})

describe('the library', () => {
  it.each([
    ['knows better', new SendError('not-on-whatsapp', 'failed'), 'not-on-whatsapp', 'failed'],
    ['fails with anything else', new Error('boom'), 'connection-closed', 'unknown'],
  ])('%s', async (_, error, code, outcome) => {
    const { send, socket, sends } = stage()
    socket.onSend = () => Promise.reject(error)
    const told = send()
    await tick()
    expect(told).toEqual([{ code, outcome }])
    expect(sends.inFlight).toBe(0)
    expect(vi.getTimerCount()).toBe(1) // the watch; the deadline of the message is gone
  })
})

describe('the connection closes', () => {
  it('while two are on their way: both are unknown, and nothing that comes later changes that', async () => {
    const { send, sends, socket, story } = stage()
    let fail = (_: Error) => {}
    socket.onSend = () => new Promise((_, reject) => (fail = reject))
    const first = send()
    const second = send({ ...message, messageId: 'M2' })
    sends.connectionClosed()
    fail(new SendError('not-on-whatsapp', 'failed'))
    await tick()
    for (const told of [first, second])
      expect(told).toEqual([{ code: 'connection-closed', outcome: 'unknown' }])
    expect(story()).toEqual(['message.failed', 'message.failed'])
  })

  it('and the message is sent again: the first try, failing late, does not fail the second', async () => {
    const { send, sends, socket, watch } = stage()
    let fail = (_: Error) => {}
    socket.onSend = () => new Promise((_, reject) => (fail = reject))
    send()
    sends.connectionClosed()
    socket.onSend = hang
    const again = send()
    fail(new Error('the old socket is gone'))
    await tick()
    expect(again).toEqual([])
    sends.answered('M1', null, watch)
    await tick()
    expect(again).toEqual([expect.any(Number)])
  })
})

it('the same id twice is one message with one outcome for both askers', async () => {
  const { send, sends, socket, watch } = stage()
  const first = send()
  const second = send()
  await tick()
  expect(second).toEqual([])
  sends.answered('M1', null, watch)
  await tick()
  expect(first).toEqual(second)
  expect(socket.sent).toHaveLength(1)
})

it.each(['delivered', 'read'] as const)(
  'a receipt (%s) tells the time since sending, or that it is not known',
  async (kind) => {
    const { send, sends, watch, of } = stage()
    send()
    sends.answered('M1', null, watch)
    await vi.advanceTimersByTimeAsync(2_000)
    sends.receipt('M1', kind)
    sends.receipt('M0', kind)
    expect(of(`message.${kind}`)).toMatchObject([
      { messageId: 'M1', ms: 2_000 },
      { messageId: 'M0', ms: null },
    ])
  },
)

// A message that is sent again, asked for twice, or spoken of later is still one message with one outcome.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { SendError } from '../../../agent/session/socket.ts'
import { hang } from './scripted-socket.ts'
import { message, stage, tick } from './sends-stage.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

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

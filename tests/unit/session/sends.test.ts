// Every message ends exactly once, and `failed` is said only where it cannot have arrived.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { SendError } from '../../../agent/session/socket.ts'
import { stage, tick } from './sends-stage.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

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

  it('refuses when the sender was told unknown: a refusal, once, and never an acknowledgement', async () => {
    const { send, sends, watch, story, of } = stage()
    send()
    await vi.advanceTimersByTimeAsync(31_000)
    for (let i = 0; i < 2; i++) sends.answered('M1', 463, watch)
    expect(story()).toEqual(['message.sent', 'message.failed', 'message.refused-late'])
    expect(of('message.refused-late')).toMatchObject([{ messageId: 'M1', code: 'nack-463', ms: 31_000 }])
  })

  it('refuses one attempt and acknowledges the other: it arrived', async () => {
    const { send, sends, watch, story } = stage()
    send()
    await vi.advanceTimersByTimeAsync(30_000)
    send()
    await tick()
    sends.answered('M1', 500, watch)
    sends.answered('M1', null, watch)
    await tick()
    expect(story().slice(2)).toEqual(['message.sent', 'message.failed', 'message.ack-late'])
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

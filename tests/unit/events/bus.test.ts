// The bus hands every event to everybody, at once and in order, and one bad subscriber harms nobody.

import { afterEach, expect, it, vi } from 'vitest'
import { type AnyEvent, Bus } from '../../../agent/events.ts'
import { hear } from './heard.ts'

afterEach(() => vi.useRealTimers())

it('puts the envelope around the data', () => {
  vi.useFakeTimers({ now: 1_700_000_000_000 })
  const { bus, events } = hear()
  const answered = bus.emit('message.sent', { messageId: 'M1' }, { account: 'uae-1', epoch: 3, cause: 'c' })
  expect(events).toEqual([answered])
  expect(answered).toEqual({
    id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7/),
    v: 1,
    type: 'message.sent',
    at: 1_700_000_000_000,
    node: 'node-1',
    account: 'uae-1',
    epoch: 3,
    cause: 'c',
    messageId: 'M1',
  })
})

it('never uses an id twice', () => {
  const { bus, events } = hear()
  for (let i = 0; i < 500; i++) bus.emit('library.printed', { method: 'info' })
  expect(new Set(events.map(({ id }) => id)).size).toBe(500)
})

it('gives every event of one failover and of one message an id of its own', () => {
  const { bus, events } = hear()
  const step = { failover: 'F1', pool: 'sales', to: null, ms: 1, note: null }
  bus.emit('failover.step', { ...step, state: 'detected' }, { cause: 'c' })
  bus.emit('failover.step', { ...step, state: 'fenced' }, { cause: 'c' })
  const message = { message: 'A1', messageId: 'M1', pool: 'sales' }
  bus.emit('message.accepted', { ...message, state: 'queued' })
  bus.emit('message.ended', { ...message, state: 'failed', code: 'x', attempts: 1, ms: 1 })
  expect(new Set(events.map(({ id }) => id)).size).toBe(4)
  expect(events.map((event) => event.cause)).toEqual(['c', 'c', undefined, undefined])
})

it('hands on only the type that was subscribed to, until the subscriber leaves', () => {
  const bus = new Bus('node-1')
  const seen: string[] = []
  const leave = bus.on('message.sent', ({ messageId }) => seen.push(messageId))
  bus.emit('message.sent', { messageId: 'M1' })
  bus.emit('message.read', { messageId: 'M2', ms: null })
  leave()
  bus.emit('message.sent', { messageId: 'M3' })
  expect(seen).toEqual(['M1'])
})

it('stops handing everything to a general subscriber that left', () => {
  const bus = new Bus('node-1')
  let seen = 0
  const leave = bus.onAny(() => (seen += 1))
  bus.emit('message.sent', { messageId: 'M1' })
  leave()
  bus.emit('message.sent', { messageId: 'M2' })
  expect(seen).toBe(1)
})

it('a subscriber that throws harms neither the emitter nor the other subscribers', () => {
  const failures: [unknown, AnyEvent][] = []
  const bus = new Bus('node-1', (error, event) => failures.push([error, event]))
  const seen: string[] = []
  const wrong = new Error('disk full')
  bus.on('message.sent', () => {
    throw wrong
  })
  bus.onAny(() => {
    throw wrong
  })
  bus.on('message.sent', () => seen.push('by type'))
  bus.onAny(() => seen.push('any'))
  const event = bus.emit('message.sent', { messageId: 'M1' })
  expect(seen).toEqual(['by type', 'any'])
  expect(failures).toEqual([
    [wrong, event],
    [wrong, event],
  ])
})

it('an event that a subscriber emits while it listens reaches everybody too', () => {
  const { bus, types } = hear()
  bus.on('message.sent', ({ messageId }) => bus.emit('message.acked', { messageId, ms: 1 }))
  bus.emit('message.sent', { messageId: 'M1' })
  expect(types().toSorted()).toEqual(['message.acked', 'message.sent'])
})

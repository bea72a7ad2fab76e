// The buffer before any history: every event that is worth keeping is written once or counted as lost, and nobody waits for it.

import { afterEach, beforeEach, expect, it, onTestFinished, vi } from 'vitest'
import { type AnyEvent, Bus } from '../../../agent/events.ts'
import { Journal } from '../../../agent/history/journal.ts'
import { type History, HistoryError } from '../../../agent/history/port.ts'
import { Recorder } from '../../harness/recorder.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A history whose answer to the next write the test decides. */
class Scripted implements History {
  readonly driver = 'influx'
  written: AnyEvent[] = []
  batches: number[] = []
  answer: (events: readonly AnyEvent[]) => Promise<void> = async () => {}

  async append(events: readonly AnyEvent[]): Promise<void> {
    this.batches.push(events.length)
    await this.answer(events)
    this.written.push(...events)
  }
  async read() {
    return []
  }
  async prune() {
    return 0
  }
  close() {}
}

function stage() {
  const bus = new Bus('node-1')
  const events = new Recorder(bus)
  const history = new Scripted()
  const journal = new Journal(history, bus)
  onTestFinished(async () => {
    history.answer = async () => {}
    await journal.stop()
  })
  const emit = (count: number) => {
    for (let ms = 0; ms < count; ms++)
      bus.emit('session.opened', { ms, reconnect: false }, { account: 'a-1' })
  }
  const sum = (list: readonly { count: number }[]) => list.reduce((total, { count }) => total + count, 0)
  const writtenCount = () => sum(events.of('history.written').filter(({ outcome }) => outcome === 'written'))
  const droppedCount = () => sum(events.of('history.dropped'))
  return { bus, events, history, journal, emit, writtenCount, droppedCount }
}
const away = async () => {
  throw new HistoryError('away')
}

it('keeps what people may ask about, and neither what is only counted nor what its own writing causes', async () => {
  const { bus, journal, history } = stage()
  bus.emit('session.opened', { ms: 12, reconnect: false }, { account: 'a-1' })
  bus.emit('message.acked', { messageId: 'M', ms: 1 }, { account: 'a-1' })
  const factors = { confidence: 1, status: 'healthy', caps: [], factors: {}, issues: [] }
  bus.emit('health.scored', { score: 1, ...factors }, { account: 'a-1' })
  bus.emit('history.unreachable', { driver: 'influx', detail: 'x' })
  bus.emit('history.reachable', { driver: 'influx', downMs: 1 })
  bus.emit('history.dropped', { driver: 'influx', count: 1, why: 'full', detail: null })
  bus.emit('store.failed', { driver: 'sqlite', operation: 'INSERT', detail: 'x' })
  await journal.flush()
  expect(history.written.map(({ type }) => type)).toEqual(['session.opened', 'health.scored'])
})

it('writes by itself, in batches, under the name of the driver', async () => {
  const { emit, history, events } = stage()
  emit(250)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(history.batches).toEqual([100, 100, 50])
  expect(events.of('history.written')[0]).toMatchObject({ driver: 'influx', count: 100, outcome: 'written' })
})

it('a history that is away loses none, and each is written once when it is back, in order', async () => {
  const { emit, history, events, droppedCount } = stage()
  history.answer = away
  emit(250)
  await vi.advanceTimersByTimeAsync(3_000)
  expect(events.of('history.written').map(({ outcome }) => outcome)).toEqual(['failed', 'failed', 'failed'])
  history.answer = async () => {}
  await vi.advanceTimersByTimeAsync(1_000)
  expect(history.written.map((event) => (event as { ms?: number }).ms)).toEqual(
    Array.from({ length: 250 }, (_, i) => i),
  )
  expect(droppedCount()).toBe(0)
})

it('one that is away for too long costs the oldest, and every one is written or counted', async () => {
  const { emit, history, journal, events, writtenCount, droppedCount } = stage()
  history.answer = away
  emit(10_050)
  await journal.flush()
  expect(events.of('history.dropped')).toMatchObject([{ count: 50, why: 'full', driver: 'influx' }])
  const { promise, resolve } = Promise.withResolvers<void>()
  // The oldest are being written while the buffer overflows: they are not dropped as well.
  history.answer = () => promise
  const flushed = journal.flush()
  emit(500)
  resolve()
  await flushed
  await journal.flush()
  expect(droppedCount()).toBe(550)
  expect(writtenCount() + droppedCount()).toBe(10_550)
  expect(history.written).toHaveLength(writtenCount())
  expect(new Set(history.written).size).toBe(10_000)
})

it('an event that is refused is dropped alone, and holds nobody up', async () => {
  const { emit, bus, history, journal, events, writtenCount, droppedCount } = stage()
  history.answer = async (batch) => {
    if (batch.some(({ type }) => type === 'agent.stopping')) throw new HistoryError('bad line', true)
  }
  emit(60)
  for (let i = 0; i < 2; i++) bus.emit('agent.stopping', { signal: 'x' })
  emit(120)
  await journal.flush()
  expect(writtenCount()).toBe(180)
  expect(droppedCount()).toBe(2)
  expect(events.of('history.dropped')[0]).toMatchObject({ why: 'refused', detail: 'bad line' })
  expect(history.batches.at(-1)).toBe(82)
})

it('a stop waits three seconds for a history that does not answer, and says what that cost', async () => {
  const { emit, history, journal, events, writtenCount } = stage()
  const { promise, resolve } = Promise.withResolvers<void>()
  history.answer = () => promise
  emit(130)
  const stopped = journal.stop()
  await vi.advanceTimersByTimeAsync(2_999)
  expect(events.of('history.dropped')).toEqual([])
  await vi.advanceTimersByTimeAsync(1)
  await stopped
  expect(events.of('history.dropped')).toMatchObject([{ count: 130, why: 'stopped' }])
  // An answer that comes after all does not count the same events twice.
  resolve()
  await vi.advanceTimersByTimeAsync(1_000)
  expect(writtenCount()).toBe(0)
  expect(history.batches).toEqual([100])
})

it('a stop writes what waits, also what came during the last write, and takes nothing more', async () => {
  const { emit, history, journal, writtenCount, droppedCount } = stage()
  emit(10)
  const first = journal.flush()
  emit(10)
  await Promise.all([first, journal.stop()])
  emit(10)
  await vi.advanceTimersByTimeAsync(2_000)
  expect([writtenCount(), droppedCount(), history.written.length]).toEqual([20, 0, 20])
})

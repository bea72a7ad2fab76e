// Each event is one line of JSON at its own level, with ids to search by and without a phone number.

import fc from 'fast-check'
import { expect, it, onTestFinished, vi } from 'vitest'
import { Bus, catalogue, type EventType } from '../../../agent/events.ts'
import { createLogger, type LogLevel, logEvents, maskPhones } from '../../../agent/telemetry/logging.ts'

function stage(level: LogLevel) {
  const bus = new Bus('node-1')
  const lines: Record<string, unknown>[] = []
  const log = createLogger(level, { write: (line: string) => void lines.push(JSON.parse(line)) })
  return { bus, lines, log, leave: logEvents(bus, log) }
}

it('a line has the type as its message and the data as fields', () => {
  const { bus, lines } = stage('info')
  const trace = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' }
  const { id } = bus.emit(
    'session.closed',
    { reason: 'stalled', code: null, detail: 'no evidence for 31500 ms', openForMs: 31_500 },
    { account: 'uae-1', epoch: 3, trace },
  )
  expect(lines).toEqual([
    {
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      msg: 'session.closed',
      id,
      node: 'node-1',
      account: 'uae-1',
      epoch: 3,
      reason: 'stalled',
      code: null,
      detail: 'no evidence for 31500 ms',
      openForMs: 31_500,
      trace_id: trace.traceId,
      span_id: trace.spanId,
    },
  ])
})

const order = ['trace', 'debug', 'info', 'warn', 'error']
it.each<LogLevel>(['trace', 'debug', 'info', 'warn', 'error', 'silent'])(
  'at level %s, only what is at least that grave',
  (level) => {
    const { bus, lines } = stage(level)
    const types = Object.keys(catalogue) as EventType[]
    for (const type of types) bus.emit(type, {} as never)
    const graveEnough = types.filter(
      (type) => level !== 'silent' && order.indexOf(catalogue[type].level) >= order.indexOf(level),
    )
    expect(lines.map(({ msg }) => msg)).toEqual(graveEnough)
    for (const line of lines) expect(line.level).toBe(catalogue[line.msg as EventType].level)
  },
)

it('a phone in a free text is masked', () => {
  const { bus, lines } = stage('info')
  bus.emit('session.trapped', { trap: 'frame-rejected', detail: 'bad mac from 971500000002@s.whatsapp.net' })
  expect(JSON.stringify(lines)).not.toContain('971500000002')
  expect(lines).toMatchObject([{ detail: 'bad mac from 971***02@s.whatsapp.net' }])
})

it('after leaving, nothing is written', () => {
  const { bus, lines, leave } = stage('trace')
  leave()
  bus.emit('message.sent', { messageId: 'M1' })
  expect(lines).toEqual([])
})

it.each([
  ['+971500000002', '+971***02'],
  ['971500000002', '971***02'],
  ['12345678', '123***78'],
  ['call +971500000002 or +971500000003 now', 'call +971***02 or +971***03 now'],
  ['no evidence for 31500 ms', 'no evidence for 31500 ms'],
  ['1234567', '1234567'],
])('%s is written as %s', (text, masked) => {
  expect(maskPhones(text)).toBe(masked)
})

it('no phone survives, wherever it stands in a text', () => {
  const phone = fc.stringMatching(/^\+?[1-9][0-9]{7,14}$/)
  const words = fc.stringMatching(/^[a-z :@]{0,12}$/)
  fc.assert(
    fc.property(words, phone, words, (before, number, after) => {
      const masked = maskPhones(before + number + after)
      expect(masked).not.toMatch(/\d{8}/)
      expect(masked.startsWith(before) && masked.endsWith(after)).toBe(true)
    }),
  )
})

it('what fails again and again is one line in a while, with the number of those left out', () => {
  vi.useFakeTimers({ now: 1_000_000 })
  onTestFinished(() => void vi.useRealTimers())
  const { bus, lines } = stage('info')
  const fail = () => bus.emit('store.failed', { driver: 'sqlite', operation: 'insert', detail: 'disk full' })
  for (let i = 0; i < 100; i++) fail()
  expect(lines).toHaveLength(1)
  bus.emit('store.unreachable', { driver: 'postgres', detail: 'gone' })
  expect(lines).toHaveLength(2)
  vi.setSystemTime(1_010_000)
  fail()
  expect(lines[2]).toMatchObject({ msg: 'store.failed', left_out: 99 })
  vi.setSystemTime(500_000)
  fail()
  expect(lines[3]).toMatchObject({ msg: 'store.failed' })
})

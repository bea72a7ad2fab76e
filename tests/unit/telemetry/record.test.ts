// Each event moves the metrics it should, by one and with the right labels, and no others.

import { expect, it } from 'vitest'
import { Bus, catalogue, type EventData, type EventType } from '../../../agent/events.ts'
import { Instruments } from '../../../agent/telemetry/instruments.ts'
import { recordEvents, startAtZero } from '../../../agent/telemetry/record.ts'
import { cases } from './record-cases.ts'

/** The samples of our own metrics that are not zero, without the count of events. */
async function samples({ registry }: Instruments): Promise<string[]> {
  const lines = (await registry.metrics()).split('\n')
  return lines
    .filter(
      (line) =>
        /^(whatsapp|linda)_/.test(line) && !/_bucket|^linda_events/.test(line) && !line.endsWith(' 0'),
    )
    .toSorted()
}

function emitted<T extends EventType>(type: T, data: EventData[T], account?: string) {
  const to = new Instruments('classic')
  const bus = new Bus('node-1')
  recordEvents(bus, to)
  bus.emit(type, data, account === undefined ? {} : { account })
  return to
}

it.each(cases)('%s %o', async (type, data, expected) => {
  const to = emitted(type, data as never, 'uae-1')
  expect(await samples(to)).toEqual(expected)
})

it('every event of the catalogue is counted by its type, whatever else it moves', async () => {
  const to = new Instruments('classic')
  const bus = new Bus('node-1')
  const leave = recordEvents(bus, to)
  const types = Object.keys(catalogue) as EventType[]
  for (const type of types) bus.emit(type, (cases.find(([t]) => t === type)?.[1] ?? {}) as never)
  leave()
  bus.emit('message.sent', { messageId: 'M9' })
  const { values } = (await to.registry.getSingleMetric('linda_events_total')?.get()) ?? { values: [] }
  expect(values.map(({ labels }) => labels.type).toSorted()).toEqual(types.toSorted())
  for (const { value } of values) expect(value).toBe(1)
})

it('the trace of an acknowledgement becomes the exemplar', async () => {
  const to = new Instruments('openmetrics')
  const bus = new Bus('node-1')
  recordEvents(bus, to)
  const trace = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' }
  bus.emit('message.acked', { messageId: 'M1', ms: 250 }, { trace })
  bus.emit('message.delivered', { messageId: 'M1', ms: 90_000 }, { trace })
  const text = await to.registry.metrics()
  expect(text).toMatch(
    /ack_seconds_bucket\{le="0.25"\} 1 # \{trace_id="0af7651916cd43dd8448eb211c80319c"\} 0.25 /,
  )
  expect(text).toMatch(
    /delivery_seconds_bucket\{le="\+Inf"\} 1 # \{trace_id="0af7651916cd43dd8448eb211c80319c"\} 90 /,
  )
})

it('an account starts with zeros, so that its first failure is an increase', async () => {
  const to = new Instruments('classic')
  startAtZero(to, 'uae-1')
  const text = await to.registry.metrics()
  for (const name of ['qr_scans', 'qr_expirations', 'qr_regenerations', 'messages_sent', 'messages_acked'])
    expect(text).toContain(`whatsapp_${name}_total{account="uae-1"} 0`)
})

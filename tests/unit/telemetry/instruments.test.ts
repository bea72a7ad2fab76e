// Every metric of the catalogue exists in the registry, in both exposition formats, and nothing else can be counted.

import { Registry } from 'prom-client'
import { describe, expect, it } from 'vitest'
import { catalogue, type MetricKey, type MetricSpec } from '../../../agent/telemetry/catalogue.ts'
import { type Format, Instruments } from '../../../agent/telemetry/instruments.ts'

const specs = Object.entries(catalogue) as [MetricKey, MetricSpec][]
const traceId = '0af7651916cd43dd8448eb211c80319c'

describe.each<Format>(['openmetrics', 'classic'])('in the %s format', (format) => {
  it('has every metric with its help, type and labels', async () => {
    const { registry } = new Instruments(format)
    for (const [, { name, type, help }] of specs)
      expect(await registry.getSingleMetric(name)?.get()).toMatchObject({ name, type, help })
  })

  it('takes an observation with and without a trace', async () => {
    const to = new Instruments(format)
    to.observe('ackSeconds', 0.2, {}, traceId)
    to.observe('ackSeconds', 0.3)
    to.observe('connectSeconds', 3, { outcome: 'opened' }, traceId)
    const text = await to.registry.metrics()
    expect(text).toContain('whatsapp_message_ack_seconds_count 2')
    expect(text).toMatch(/whatsapp_session_connect_seconds_bucket\{le="5",outcome="opened"\} 1/)
    // Classic text has no place for exemplars, and a histogram without them never shows one.
    expect(text.includes(`# {trace_id="${traceId}"}`)).toBe(format === 'openmetrics')
    expect(text).not.toMatch(/connect_seconds_bucket.*trace_id/)
  })

  it('refuses a label that the catalogue does not know', () => {
    const to = new Instruments(format)
    expect(() => to.counter('disconnects').inc({ account: 'uae-1', phone: '+971500000001' })).toThrow(/phone/)
    expect(() => to.observe('connectSeconds', 1, { account: 'uae-1' })).toThrow(/account/)
  })

  it('has the figures of the process, without gauges whose names end like counters', async () => {
    const metrics = await new Instruments(format).registry.getMetricsAsJSON()
    expect(metrics.map(({ name }) => name)).toEqual(expect.arrayContaining(['nodejs_eventloop_lag_seconds']))
    for (const { name, type } of metrics)
      if (name.endsWith('_total')) expect([name, type]).toEqual([name, 'counter'])
  })
})

it('says its content type', () => {
  expect(new Instruments('openmetrics').registry.contentType).toBe(Registry.OPENMETRICS_CONTENT_TYPE)
  expect(new Instruments('classic').registry.contentType).toBe(Registry.PROMETHEUS_CONTENT_TYPE)
})

it('a metric that is not in the catalogue cannot be had', () => {
  expect(() => new Instruments('openmetrics').counter('nonsense' as MetricKey)).toThrow('no metric nonsense')
})

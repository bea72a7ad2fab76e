// A real Prometheus scrapes a living agent with the shipped job: every series arrives, exemplars included.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { context as otel, trace } from '@opentelemetry/api'
import { NodeSDK } from '@opentelemetry/sdk-node'
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { mintMessageId } from '../../agent/session/message-id.ts'
import { hasPrometheus, type Prometheus, startPrometheus } from '../harness/prometheus.ts'
import { openScene, type Scene } from '../harness/scene.ts'
import { until } from '../harness/until.ts'

const shipped = parse(readFileSync(join(import.meta.dirname, '../../prometheus/prometheus.yml'), 'utf8')) as {
  scrape_configs: { job_name: string }[]
}

describe.skipIf(!hasPrometheus)('Prometheus', () => {
  let scene: Scene
  let prometheus: Prometheus
  const exporter = new InMemorySpanExporter()
  const sdk = new NodeSDK({
    spanProcessors: [new SimpleSpanProcessor({ exporter })],
    instrumentations: [],
  })

  beforeAll(async () => {
    sdk.start()
    scene = await openScene({ paired: 2, unpaired: 1 })
    await scene.events.first('session.opened', { account: 'p1' })
    const job = shipped.scrape_configs.find(({ job_name }) => job_name === 'linda')
    const targets = [new URL(scene.agent.metricsUrl).host]
    prometheus = await startPrometheus({
      scrape_configs: [
        {
          ...job,
          scrape_interval: '1s',
          scrape_timeout: '1s',
          file_sd_configs: [],
          static_configs: [{ targets }],
        },
      ],
    })
    await scene.context.fleet
      .find('p1')
      ?.session.send({ messageId: mintMessageId(), to: '447946000001@s.whatsapp.net', text: 'traced' })
  }, 60_000)
  afterAll(async () => {
    await prometheus?.close()
    await scene?.close()
    await sdk.shutdown()
    trace.disable()
    otel.disable()
  })

  it('sees the sessions as they are', async () => {
    const up = await until('a scrape', async () => {
      const values = await prometheus.query('whatsapp_session_up', 'account')
      return values.get('p2') === 1 && values
    })
    expect(Object.fromEntries(up)).toEqual({ p1: 1, p2: 1, n1: 0 })
    expect((await prometheus.query('up')).get('')).toBe(1)
    expect((await prometheus.query('sum(whatsapp_messages_acked_total)')).get('')).toBe(1)
  }, 30_000)

  it('keeps the trace of an acknowledged message as an exemplar', async () => {
    const sent = exporter.getFinishedSpans().find(({ name }) => name === 'send whatsapp')
    const found = await until('an exemplar', async () => {
      const now = Date.now() / 1000
      const path = `/api/v1/query_exemplars?query=whatsapp_message_ack_seconds_bucket&start=${now - 300}&end=${now + 60}`
      const data = (await prometheus.get(path)) as { exemplars: { labels: { trace_id: string } }[] }[]
      return data.flatMap(({ exemplars }) => exemplars.map(({ labels }) => labels.trace_id))[0]
    })
    expect(found).toBe(sent?.spanContext().traceId)
  }, 30_000)

  it('has a name and a type for everything, and no more series per account than is meant', async () => {
    const perAccount = await prometheus.query('count by (account) ({account!=""})', 'account')
    for (const [account, count] of perAccount)
      expect({ account, few: count < 40 }).toEqual({ account, few: true })
  })
})

// What Prometheus would scrape from a living fleet: valid OpenMetrics, nothing for promtool to say, the figures of the wire.

import { spawnSync } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mintMessageId } from '../../agent/session/message-id.ts'
import { Instruments } from '../../agent/telemetry/instruments.ts'
import { recordEvents } from '../../agent/telemetry/record.ts'
import { followFleet } from '../../agent/telemetry/state-gauges.ts'
import { openScene, type Scene } from '../harness/scene.ts'

const promtool = spawnSync('promtool', ['--version']).status === 0

describe('/metrics', () => {
  let scene: Scene
  let classic: Instruments
  const scrape = async (): Promise<string> => (await fetch(`${scene.agent.metricsUrl}/metrics`)).text()

  beforeAll(async () => {
    scene = await openScene({ paired: 2, unpaired: 1 })
    // A second registry, made from the same catalogue and fed by the same events, in the format that promtool reads.
    classic = new Instruments('classic')
    recordEvents(scene.context.bus, classic)
    followFleet(classic, scene.context.fleet)
    classic.gauge('buildInfo').set({ version: '0', node_version: '24', baileys_version: '7' }, 1)
    for (const account of ['p1', 'p2']) await scene.events.first('session.opened', { account })
    await scene.events.first('pairing.code-issued', { account: 'n1' })
    const session = scene.context.fleet.find('p1')?.session
    await session?.send({ messageId: mintMessageId(), to: '447946000001@s.whatsapp.net', text: 'counted' })
    await scene.simulator.client.fault({
      account: scene.phones.get('p2') as string,
      fault: { kind: 'reset' },
    })
    await scene.events.first('session.closed', { account: 'p2' })
  }, 60_000)
  afterAll(() => scene?.close())

  it('is OpenMetrics, ends in EOF, and has the figures of the wire', async () => {
    const response = await fetch(`${scene.agent.metricsUrl}/metrics`)
    expect(response.headers.get('content-type')).toContain('application/openmetrics-text')
    const text = await response.text()
    expect(text.endsWith('# EOF\n')).toBe(true)
    for (const line of [
      'whatsapp_messages_sent_total{account="p1"} 1',
      'whatsapp_messages_acked_total{account="p1"} 1',
      'whatsapp_session_up{account="p1"} 1',
      'whatsapp_session_up{account="n1"} 0',
      'whatsapp_session_state{account="n1",state="pairing"} 1',
      'whatsapp_session_disconnects_total{account="p2",reason="connection-closed"} 1',
      'whatsapp_message_ack_seconds_count 1',
    ])
      expect(text).toContain(`${line}\n`)
  })

  it('renders the same twice: no counter loses its name', async () => {
    const names = (text: string): string[] =>
      [...text.matchAll(/^# TYPE (\S+ \S+)$/gm)].map(([, name]) => name as string)
    expect(names(await scrape())).toEqual(names(await scrape()))
  })

  it('carries no phone number and no token', async () => {
    const text = await scrape()
    for (const phone of scene.phones.values()) expect(text).not.toContain(phone.slice(1))
    expect(text).not.toContain(scene.token)
  })

  it.skipIf(!promtool)('gives promtool check metrics nothing to say', async () => {
    const input = await classic.registry.metrics()
    const { stdout, stderr, status } = spawnSync('promtool', ['check', 'metrics'], {
      input,
      encoding: 'utf8',
    })
    expect({ status, said: stdout + stderr }).toEqual({ status: 0, said: '' })
    expect(input).toContain('whatsapp_messages_sent_total{account="p1"} 1')
  })
})

// Traces leave over OTLP/HTTP when an endpoint is configured: connect, send, receive and pairing arrive, with no phone number in them.

import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mintMessageId } from '../../agent/session/message-id.ts'
import { openScene, type Scene } from '../harness/scene.ts'
import { until } from '../harness/until.ts'

interface Exported {
  resourceSpans: {
    scopeSpans: {
      spans: { name: string; kind: number; attributes: { key: string; value: { stringValue?: string } }[] }[]
    }[]
  }[]
}

describe('traces', () => {
  let receiver: Server
  let scene: Scene
  const bodies: string[] = []
  const spans = () =>
    bodies.flatMap((body) =>
      (JSON.parse(body) as Exported).resourceSpans.flatMap((r) => r.scopeSpans.flatMap((s) => s.spans)),
    )

  beforeAll(async () => {
    receiver = createServer((request, response) => {
      let body = ''
      request.on('data', (chunk) => {
        body += chunk
      })
      request.on('end', () => {
        if (request.url === '/v1/traces') bodies.push(body)
        response.setHeader('content-type', 'application/json').end('{}')
      })
    }).listen(0, '127.0.0.1')
    await until('the receiver listens', () => receiver.listening)
    const { port } = receiver.address() as AddressInfo
    scene = await openScene({
      paired: 1,
      unpaired: 1,
      config: { telemetry: { otlp_endpoint: `http://127.0.0.1:${port}` } },
    })
    await scene.events.first('session.opened', { account: 'p1' })
    await scene.context.fleet
      .find('p1')
      ?.session.send({ messageId: mintMessageId(), to: '447946000001@s.whatsapp.net', text: 'traced words' })
    await scene.simulator.client.send({
      from: '+447946000002',
      to: scene.phones.get('p1') as string,
      text: 'hello',
    })
    await scene.events.first('message.received', { account: 'p1' })
    const code = await until('a code', () => scene.context.fleet.find('n1')?.session.viewCode())
    await scene.simulator.client.scan(scene.phones.get('n1') as string, code.code)
    await scene.events.first('pairing.ended', { account: 'n1' })
    // Stopping flushes what the exporter still holds.
    await scene.agent.stop('test')
  }, 60_000)
  afterAll(async () => {
    await scene?.close()
    receiver?.close()
  })

  it('arrive with the names and kinds of the conventions', () => {
    const seen = new Map(spans().map(({ name, kind }) => [name, kind]))
    // OTLP numbers of the kinds: client 3, producer 4, consumer 5.
    expect(Object.fromEntries(seen)).toEqual({
      'connect whatsapp': 3,
      'pair whatsapp': 3,
      'send whatsapp': 4,
      'process whatsapp': 5,
    })
  })

  it('name the account by its id and carry neither phone nor text', () => {
    const text = bodies.join()
    expect(text).toContain('"p1"')
    for (const phone of [...scene.phones.values(), '447946000001', '447946000002'])
      expect(text.includes(phone.replace('+', ''))).toBe(false)
    for (const words of ['traced words', 'hello']) expect(text.includes(words)).toBe(false)
  })

  it('have their ids in the events that they belong to', () => {
    expect(scene.events.of('message.acked', 'p1')[0]?.trace?.traceId).toMatch(/^[0-9a-f]{32}$/)
  })
})

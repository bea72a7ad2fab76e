// The agent with a webhook, end to end: it is told of messages that come in, of what becomes of those that go out, and of sessions.

import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Receiver, startReceiver } from '../harness/receiver.ts'
import { openScene, type Scene } from '../harness/scene.ts'
import { until } from '../harness/until.ts'

const contact = '447946000001'
let receiver: Receiver
let scene: Scene

beforeAll(async () => {
  receiver = await startReceiver(({ attempt }) =>
    attempt === 1 ? { status: 503, headers: { 'retry-after': '1' } } : 204,
  )
  scene = await openScene({
    paired: 1,
    webhooks: [{ id: 'crm', url: receiver.url }],
  })
  await scene.allUp()
})
afterAll(async () => {
  await scene?.close()
  await receiver?.close()
})

const told = (type: string) =>
  receiver.taken.flatMap(({ body }) => (body.type === type ? [body as unknown as Told] : []))
interface Told {
  account: string
  pool: string
  data: Record<string, unknown>
}

it('sessions, in the order of their states', async () => {
  await until('open is told', () => told('session.state').length >= 2, 30_000)
  expect(told('session.state').map(({ account, pool, data }) => [account, pool, data])).toEqual([
    ['p1', 'default', { from: 'stopped', to: 'connecting', reason: 'started' }],
    ['p1', 'default', { from: 'connecting', to: 'open', reason: 'opened' }],
  ])
})

it('a message that goes out, to its end', async () => {
  await scene.simulator.client.setContact(contact, { receipts: 'read', receiptDelayMs: 20 })
  const answer = await scene.ask('/api/messages', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': 'webhook-1' },
    body: JSON.stringify({ pool: 'default', to: `+${contact}`, text: 'a private text' }),
  })
  expect(answer.status).toBe(202)
  const states = () => told('message.state').map(({ data }) => data.state)
  await until(
    () => `read is told; so far ${states()}`,
    () => states().includes('read'),
    60_000,
  )
  expect(states().at(-1)).toBe('read')
  expect(JSON.stringify(told('message.state'))).not.toContain('a private text')
})

it('a message that comes in, with its text', async () => {
  await scene.simulator.client.send({
    to: scene.phones.get('p1') ?? '',
    from: `+${contact}`,
    text: 'hello from outside',
  })
  await until('it is told', () => told('message.received').length > 0, 30_000)
  expect(told('message.received')[0]).toMatchObject({ account: 'p1', data: { text: 'hello from outside' } })
})

it('and the metrics have counted it', async () => {
  const text = await (await fetch(`${scene.agent.metricsUrl}/metrics`)).text()
  expect(text).toMatch(/whatsapp_webhook_deliveries_total\{outcome="delivered"\} [1-9]/)
  expect(text).toMatch(/whatsapp_webhook_deliveries_total\{outcome="retried"\} [1-9]/)
  expect(text).toMatch(/linda_webhook_backlog\{webhook="crm",state="queued"\} \d/)
  const { webhooks } = (await (await scene.ask('/api/webhooks')).json()) as { webhooks: object[] }
  expect(webhooks).toMatchObject([{ id: 'crm', dead: 0 }])
})

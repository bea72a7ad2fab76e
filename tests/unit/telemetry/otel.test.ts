// Spans reach an OTLP receiver with the names, kinds and attributes that were promised, and nothing else is sent there.

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTracing } from '../../../agent/telemetry/otel.ts'
import { attributes, openSpan } from '../../../agent/telemetry/tracing.ts'

interface OtlpAttribute {
  key: string
  value: Record<string, unknown>
}
interface OtlpSpan {
  traceId: string
  spanId: string
  name: string
  kind: number
  status: { code: number; message?: string }
  attributes: OtlpAttribute[]
}
interface Export {
  resourceSpans: { resource: { attributes: OtlpAttribute[] }; scopeSpans: { spans: OtlpSpan[] }[] }[]
}

const asked: { path: string; body: Export }[] = []
const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk) => chunks.push(chunk))
  request.on('end', () => {
    asked.push({ path: request.url ?? '', body: JSON.parse(Buffer.concat(chunks).toString()) })
    response.setHeader('content-type', 'application/json').end('{}')
  })
})
let stop: (timeoutMs: number) => Promise<void>

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  stop = startTracing({ endpoint: `http://127.0.0.1:${port}/`, serviceName: 'linda-test', nodeId: 'node-1' })
})
afterAll(() => void server.close())

const plain = (list: OtlpAttribute[]) =>
  Object.fromEntries(list.map(({ key, value }) => [key, Object.values(value)[0]]))

it('what was opened and ended arrives when tracing is stopped', async () => {
  const connect = openSpan('connect', 'uae-1', { [attributes.attempt]: 2 })
  connect.set({ [attributes.reason]: 'refused' })
  connect.end('refused')
  connect.end()
  const send = openSpan('send', 'uae-1', { [attributes.operation]: 'send', [attributes.messageId]: 'M1' })
  send.end()
  openSpan('receive', 'uae-2') // never ended: never sent
  await stop(5_000)

  const spans = asked.flatMap(({ body }) =>
    body.resourceSpans.flatMap((r) => r.scopeSpans.flatMap((s) => s.spans)),
  )
  expect(asked.every(({ path }) => path === '/v1/traces')).toBe(true)
  expect(spans.map(({ name }) => name).toSorted()).toEqual(['connect whatsapp', 'send whatsapp'])
  const [first] = spans.filter(({ name }) => name.startsWith('connect'))
  expect(first).toMatchObject({ kind: 3, status: { code: 2, message: 'refused' }, ...connect.trace })
  expect(plain(first?.attributes ?? [])).toEqual({
    'messaging.system': 'whatsapp',
    'linda.account': 'uae-1',
    'linda.attempt': 2,
    'linda.reason': 'refused',
  })
  const [second] = spans.filter(({ name }) => name.startsWith('send'))
  expect(second).toMatchObject({ kind: 4, ...send.trace })
  expect(second?.status.code ?? 0).toBe(0)
  expect(plain(second?.attributes ?? [])).toMatchObject({
    'messaging.operation.type': 'send',
    'messaging.message.id': 'M1',
  })
  const resource = plain(asked[0]?.body.resourceSpans[0]?.resource.attributes ?? [])
  expect(resource).toMatchObject({ 'service.name': 'linda-test', 'service.instance.id': 'node-1' })
  expect(Object.keys(resource).filter((name) => /^(host|process|os)\./.test(name))).toEqual([])

  expect(openSpan('connect', 'uae-1').trace, 'what opens later belongs to no trace').toBeUndefined()
})

// Nobody is let into the live stream who may not read it or asks for what there is not; each learns why before anything is opened.

import { connect } from 'node:net'
import { expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { until } from '../../../harness/until.ts'
import { problem, tokens } from '../stage.ts'
import { asViewer, liveStage, openSocket } from './follow.ts'

const wrong = { authorization: `Bearer linda_00000000_${'x'.repeat(32)}` }

it.each<[string, Record<string, string>, string[], string]>([
  ['without a token', {}, [], '401 no-token'],
  ['with a wrong token', wrong, [], '401 bad-token'],
  ['with a wrong token as a subprotocol', {}, ['linda.v1', 'bearer.wrong'], '401 bad-token'],
  ['from a page of another site', { ...asViewer, origin: 'https://evil.example' }, [], '403 origin'],
  ['from a page without an origin of its own', { ...asViewer, origin: 'null' }, [], '403 origin'],
  ['with protocols that are not ours', asViewer, ['graphql-ws'], '400 bad-protocol'],
  ['with a token and no protocol', {}, [`bearer.${tokens.viewer}`], '400 bad-protocol'],
])('%s it is refused', async (_, headers, protocols, expected) => {
  const { refused, of, live } = await liveStage(1)
  const { status, title, headers: answered } = await refused('', headers, protocols)
  expect(`${status} ${title}`).toBe(expected)
  expect(answered['content-type']).toBe('application/problem+json')
  expect(of('admin.answered')).toMatchObject([{ status, route: '/ws/dashboard/status' }])
  expect(live.clients()).toEqual({ websocket: 0, sse: 0 })
})

it.each([
  ['?account=nobody', 'account: found "nobody", allowed: the id or phone of an account'],
  ['?pool=marketing', 'pool: found "marketing", allowed: sales, empty'],
  ['?type=session.opened', 'type: found "session.opened", allowed: connection:status-changed, qr:generated,'],
  ['?type=qr:scanned,', 'type: found "", allowed: '],
  ['?token=linda_1', 'query: found "token", allowed: ?account=, ?pool=, ?type=, ?since=, ?stream='],
  ['?since=5', 'stream: found "nothing", allowed: the stream of the snapshot, beside since'],
  ['?since=-1&stream=0123456789abcdef', 'since: found "-1", allowed: one number'],
  ['?stream=0123456789abcdef', 'since: found "nothing"'],
])('%s is told what is allowed, on both ways', async (query, words) => {
  const { refused, ask } = await liveStage(1)
  const { status, title, detail } = await refused(query)
  expect([status, title, detail]).toEqual([400, 'bad-query', expect.stringContaining(words)])
  const answer = await ask(`/api/dashboard/stream${query}`, 'viewer')
  expect(await problem(answer)).toEqual([400, 'bad-query', detail])
})

it('a browser of the same site gets in with its token as a subprotocol, which is not repeated', async () => {
  const { url } = await liveStage(1)
  const ws = new WebSocket(
    `${url.replace('http', 'ws')}/ws/dashboard/status`,
    ['linda.v1', `bearer.${tokens.viewer}`],
    {
      headers: { origin: url },
    },
  )
  const reader = await openSocket(ws)
  expect(ws.protocol).toBe('linda.v1')
  await reader.sees('snapshot')
})

it('without an upgrade it says that it is a WebSocket; a HEAD opens nothing', async () => {
  const { ask, live } = await liveStage(1)
  const answer = await ask('/ws/dashboard/status', 'viewer')
  expect(answer.headers.get('upgrade')).toBe('websocket')
  expect((await problem(answer))[0]).toBe(426)
  for (const path of ['/ws/dashboard/status', '/api/dashboard/stream'])
    expect((await ask(path, 'viewer', { method: 'HEAD' })).status).toBe(405)
  expect(live.clients()).toEqual({ websocket: 0, sse: 0 })
})

/** What is answered to these lines, until the connection ends. */
function say(url: string, lines: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    let said = ''
    socket.on('data', (data) => {
      said += data
    })
    socket.once('close', () => resolve(said)).once('error', reject)
    socket.write(`${lines.join('\r\n')}\r\n\r\n`)
  })
}
const line = (path: string) => [`GET ${path} HTTP/1.1`, 'host: x', `authorization: ${asViewer.authorization}`]
const upgrade = ['connection: upgrade', 'upgrade: websocket', 'sec-websocket-version: 13']

it('a handshake that is wrong is refused and keeps no place', async () => {
  const { url, socket } = await liveStage(1, { clients: 1 })
  for (const more of [[], ['sec-websocket-key: short'], ['sec-websocket-key: ']])
    expect(await say(url, [...line('/ws/dashboard/status'), ...upgrade, ...more])).toMatch(/^HTTP\/1.1 400 /)
  await (await socket()).sees('snapshot')
})

it('an upgrade that nobody wants is an ordinary request', async () => {
  const { url } = await liveStage(1)
  const h2c = [...line('/api/dashboard/connections'), 'connection: upgrade, close', 'upgrade: h2c']
  expect(await say(url, h2c)).toMatch(/^HTTP\/1.1 200 /)
  const body = [
    ...line('/ws/dashboard/status'),
    'connection: close, upgrade',
    'upgrade: websocket',
    'content-length: 0',
  ]
  expect(await say(url, body)).toMatch(/^HTTP\/1.1 426 /)
})

it('somebody who is gone before the answer keeps no place and harms nobody', async () => {
  const { url, socket, live, errors } = await liveStage(1, { clients: 1 })
  const key = 'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ=='
  for (let i = 0; i < 20; i++) {
    const raw = connect(Number(new URL(url).port), '127.0.0.1')
    raw.on('error', () => {})
    await new Promise<void>((resolve) => raw.once('connect', () => resolve()))
    raw.write(`${[...line('/ws/dashboard/status'), ...upgrade, key].join('\r\n')}\r\n\r\n`)
    if (i % 2) await new Promise<void>((resolve) => setImmediate(resolve))
    raw.resetAndDestroy()
  }
  await until('nobody reads', () => live.clients().websocket === 0)
  await until('a place', () => socket().catch(() => null))
  expect(errors).toEqual([])
})

it('as many as there is room for, over both ways; the next is told when to come back', async () => {
  const { socket, sse, refused, ask, live } = await liveStage(1, { clients: 4 })
  const readers = [await socket(), await sse(), await socket(), await sse()]
  const { status, title, headers } = await refused()
  expect([status, title, headers['retry-after']]).toEqual([503, 'too-many-streams', '30'])
  const answer = await ask('/api/dashboard/stream', 'viewer')
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '30'])
  for (const reader of readers) reader.leave()
  await until('room', () => live.clients().websocket + live.clients().sse === 0)
  for (let i = 0; i < 2; i++) await (await sse()).sees('snapshot')
})

it('five hundred at a time, and all of them are told', async () => {
  const { socket, refused, server, live } = await liveStage(1)
  // A token that was proven once is known.
  const readers = [await socket()]
  while (readers.length < 500)
    readers.push(
      ...(await Promise.all(Array.from({ length: Math.min(50, 500 - readers.length) }, () => socket()))),
    )
  expect(live.clients()).toEqual({ websocket: 500, sse: 0 })
  expect((await refused()).status).toBe(503)
  server.last.to.open()
  for (const reader of readers) await reader.sees('connection:status-changed')
}, 60_000)

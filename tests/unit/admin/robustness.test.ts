// Over a real listener: what is too large, too slow, too many or broken is refused or cut off, and the next one is served as ever.

import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { listen } from '../../../agent/http.ts'
import { type AdminStage, adminStage, problem, tokens } from './stage.ts'

/** Shorter than in production, and long enough for an honest request on a busy machine. */
const impatient = { headersMs: 1_000, requestMs: 1_500, lookMs: 50 }
const bearer = `authorization: Bearer ${tokens.admin}`

async function served(patience?: typeof impatient): Promise<AdminStage & { url: string; port: number }> {
  const stage = await adminStage()
  const at = { host: '127.0.0.1', port: 0 }
  const listener = await listen(stage.app, at, 'test', undefined, undefined, patience)
  onTestFinished(() => listener.close(0))
  return { ...stage, url: listener.url, port: Number(new URL(listener.url).port) }
}

/** Writes these bytes and answers what comes back until the other side ends, or a whole answer is there. */
async function raw(port: number, bytes: string | Buffer, until?: RegExp): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  await once(socket, 'connect')
  socket.on('error', () => {})
  socket.write(bytes)
  return answer(socket, until)
}

async function answer(socket: Socket, until?: RegExp): Promise<string> {
  let text = ''
  try {
    for await (const chunk of socket) {
      text += String(chunk)
      if (until?.test(text)) break
    }
  } catch {
    // Cut off in the middle of what it was writing.
  }
  return text
}

const get = (path: string, more = ''): string =>
  `GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n${bearer}\r\n${more}\r\n`

const fine = async ({ url }: { url: string }): Promise<void> => {
  const { status } = await fetch(`${url}/api/dashboard/connections`, {
    headers: { authorization: `Bearer ${tokens.viewer}` },
  })
  expect(status).toBe(200)
}

it('headers that come a byte at a time are cut off', async () => {
  const stage = await served(impatient)
  const socket = connect(stage.port, '127.0.0.1')
  socket.on('error', () => {})
  await once(socket, 'connect')
  socket.write('GET /api/dashboard/connections HTTP/1.1\r\nhost: x\r\nx-slow: ')
  const drip = setInterval(() => socket.writable && socket.write('y'), 30)
  onTestFinished(() => clearInterval(drip))
  expect(await answer(socket)).toMatch(/^HTTP\/1\.1 408 |^$/)
}, 15_000)

it('a body that comes a byte at a time is cut off, and is no error of ours', async () => {
  const stage = await served(impatient)
  const socket = connect(stage.port, '127.0.0.1')
  socket.on('error', () => {})
  await once(socket, 'connect')
  socket.write(`POST /api/messages HTTP/1.1\r\nhost: x\r\n${bearer}\r\ncontent-length: 100000\r\n\r\n{`)
  const drip = setInterval(() => socket.writable && socket.write(' '), 30)
  onTestFinished(() => clearInterval(drip))
  await answer(socket)
  expect(stage.errors).toEqual([])
}, 15_000)

it.each([
  ['declared', 'content-length: 600000\r\n\r\n'],
  [
    'in chunks',
    `transfer-encoding: chunked\r\n\r\n${`10000\r\n${'x'.repeat(65_536)}\r\n`.repeat(10)}0\r\n\r\n`,
  ],
])('a body that is too large, %s, is refused', async (_, rest) => {
  const stage = await served()
  const head = `POST /api/messages HTTP/1.1\r\nhost: x\r\nconnection: close\r\n${bearer}\r\n`
  expect(await raw(stage.port, head + rest, /problem\+json[\s\S]*\r\n\r\n[\s\S]*}/)).toMatch(
    /^HTTP\/1\.1 413 [\s\S]*body-too-large/,
  )
  await fine(stage)
})

it('headers that are too large are refused', async () => {
  const stage = await served()
  expect(await raw(stage.port, get('/reference', `x-large: ${'y'.repeat(100_000)}\r\n`), /\r\n\r\n/)).toMatch(
    /^HTTP\/1\.1 431 /,
  )
  await fine(stage)
})

it.each([
  ['ten thousand parameters', `/api/messages?${'a=1&'.repeat(3_000)}`, 400],
  ['one parameter again and again', `/api/messages?${'limit=1&'.repeat(1_500)}`, 400],
  ['a filter that is too long', `/api/messages?filter=${'x'.repeat(8_000)}`, 400],
  ['a filter of stars', `/api/messages?filter=account:${'*'.repeat(90)}`, 400],
  ['bytes that are no UTF-8', '/api/messages?filter=%ff%fe%00', 400],
  ['a percent sign alone', '/api/messages?filter=%', 200],
  ['a way up', '/api/../../etc/passwd', 404],
  ['a hidden way up', '/api/dashboard/connections/..%2f..%2fetc', 404],
  ['an address as path', 'http://elsewhere.example/api/messages', 200],
])('%s: %3$d', async (_, path, status) => {
  const stage = await served()
  const text = await raw(stage.port, get(path))
  expect(Number(text.split(' ')[1])).toBe(status)
  expect(text.length).toBeLessThan(5_000)
  expect(stage.errors).toEqual([])
})

it('a filter cannot become a question of its own', async () => {
  const stage = await adminStage()
  stage.server.last.to.open()
  for (const filter of [
    `"'; DROP TABLE message; --"`,
    `account:"' OR '1'='1"`,
    'account:"$1"',
    `code:"x') UNION SELECT * FROM account --"`,
  ]) {
    const answered = await stage.ask(`/api/messages?${new URLSearchParams({ filter })}`, 'viewer')
    expect(await answered.json()).toMatchObject({ messages: [] })
  }
  expect((await stage.sql.query('SELECT COUNT(*) AS n FROM message'))[0]).toEqual({ n: 0 })
  const [status, code, detail] = await problem(await stage.ask('/api/messages?filter=acount:uae-1', 'viewer'))
  expect([status, code]).toEqual([400, 'bad-query'])
  expect(detail).toMatch(
    /^filter: at character 1: found the field "acount", allowed: .*; did you mean account\?$/,
  )
})

it('many at once are all served', async () => {
  const stage = await served()
  await Promise.all(Array.from({ length: 200 }, () => fine(stage)))
  await sleep(0)
  expect(stage.errors).toEqual([])
})

// A listener that cannot start says which setting to change, and one that stops does so in bounded time.

import { Agent, get } from 'node:http'
import { connect } from 'node:net'
import { Hono } from 'hono'
import { afterEach, expect, it } from 'vitest'
import { ListenError, type Listener, listen } from '../../../agent/http.ts'

const open: Listener[] = []
afterEach(() => Promise.all(open.splice(0).map((listener) => listener.close(0))))

async function start(app = new Hono().get('/', (c) => c.text('here'))): Promise<Listener> {
  const listener = await listen(app, { host: '127.0.0.1', port: 0 }, 'admin.listen')
  open.push(listener)
  return listener
}

it('takes a free port and says where it answers', async () => {
  const { url } = await start()
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  expect(await (await fetch(url)).text()).toBe('here')
})

it('an address of the whole machine is given as one that can be asked', async () => {
  const listener = await listen(new Hono(), { host: '0.0.0.0', port: 0 }, 'metrics.listen')
  open.push(listener)
  expect(listener.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  expect((await fetch(listener.url)).status).toBe(404)
})

it('a port in use', async () => {
  const port = Number(new URL((await start()).url).port)
  const second = listen(new Hono(), { host: '127.0.0.1', port }, 'metrics.listen')
  await expect(second).rejects.toThrow(ListenError)
  await expect(second).rejects.toThrow(
    `metrics.listen: cannot listen on 127.0.0.1:${port}: the port is in use by another process`,
  )
})

it.each(['192.0.2.1', 'no-such-host.invalid'])(
  'an address that this machine does not have (%s)',
  async (host) => {
    const refused = listen(new Hono(), { host, port: 0 }, 'admin.listen')
    await expect(refused).rejects.toThrow(ListenError)
    await expect(refused).rejects.toThrow(`admin.listen: cannot listen on ${host}:0: `)
  },
)

it('closes at once while clients merely keep a connection open', async () => {
  const listener = await start()
  const agent = new Agent({ keepAlive: true })
  await new Promise<void>((resolve) =>
    get(listener.url, { agent }, (r) => r.resume().on('end', () => resolve())),
  )
  const startedAt = performance.now()
  await listener.close(10_000)
  expect(performance.now() - startedAt).toBeLessThan(5_000)
  agent.destroy()
  await expect(fetch(listener.url)).rejects.toThrow()
})

it.each<[string, number, string[]]>([
  ['is waited for', 10_000, ['cut off', 'handled', 'closed']],
  ['that never ends is not waited for', 0, ['cut off', 'closed', 'handled']],
])('a handler whose caller was cut off %s', async (_, patienceMs, order) => {
  const arrived = Promise.withResolvers<void>()
  const store = Promise.withResolvers<void>()
  const seen: string[] = []
  const app = new Hono().get('/', async (c) => {
    arrived.resolve()
    await store.promise
    seen.push('handled')
    return c.text('too late')
  })
  const listener = await start(app)
  const cut = new AbortController()
  const asked = fetch(listener.url, { signal: cut.signal }).catch(() => seen.push('cut off'))
  await arrived.promise
  if (patienceMs > 0) cut.abort()
  const closed = listener.close(patienceMs).then(() => seen.push('closed'))
  await asked
  if (patienceMs === 0) await closed
  store.resolve()
  await closed
  await new Promise((resolve) => setImmediate(resolve))
  expect(seen).toEqual(order)
})

it('lets an answer that is nearly done be finished', async () => {
  const arrived = Promise.withResolvers<void>()
  const answer = Promise.withResolvers<void>()
  const app = new Hono().get('/', async (c) => {
    arrived.resolve()
    await answer.promise
    return c.text('finished')
  })
  const listener = await start(app)
  const asked = fetch(listener.url)
  await arrived.promise
  const closed = listener.close(10_000)
  answer.resolve()
  expect(await (await asked).text()).toBe('finished')
  await closed
})

it.each([
  ['asked and never gets an answer', 'GET / HTTP/1.1\r\nhost: x\r\n\r\n'],
  ['never finished its question', 'GET / HTTP/1.1\r\nhost:'],
])('cuts a client that %s', async (_, question) => {
  const listener = await start(new Hono().get('/', () => new Promise<Response>(() => {})))
  const socket = connect(Number(new URL(listener.url).port), '127.0.0.1')
  const cut = new Promise<void>((resolve) => socket.on('close', () => resolve()).on('error', () => {}))
  await new Promise<void>((resolve) => socket.write(question, () => resolve()))
  const startedAt = performance.now()
  await listener.close(100)
  await cut
  expect(performance.now() - startedAt).toBeLessThan(5_000)
})

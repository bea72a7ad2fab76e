// Readers that are slow, silent, talkative or no longer allowed go, each with its reason, and nobody else notices.

import { writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { until } from '../../../harness/until.ts'
import { asViewer, type LiveStage, liveStage } from './follow.ts'

/** A connection that reads nothing after this. */
async function deaf({ url }: LiveStage, transport: 'websocket' | 'sse'): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  const path = transport === 'sse' ? '/api/dashboard/stream' : '/ws/dashboard/status'
  const upgrade =
    'connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n'
  const head = `GET ${path} HTTP/1.1\r\nhost: x\r\nauthorization: ${asViewer.authorization}\r\n`
  socket.on('error', () => {})
  socket.write(`${head}${transport === 'sse' ? '' : upgrade}\r\n`)
  await new Promise<void>((resolve) => socket.once('data', () => resolve()))
  socket.pause()
  return socket
}

/** Tells changes, a few in each turn, until the condition holds. */
async function chatter({ bus }: LiveStage, enough: () => boolean): Promise<number> {
  let told = 0
  await until('enough', async () => {
    for (let turn = 0; turn < 20 && !enough(); turn++) {
      for (let i = 0; i < 100; i++, told++)
        bus.emit(
          'session.connect-failed',
          { reason: 'refused', ms: 1, reconnect: true },
          { account: 'uae-1' },
        )
      await new Promise<void>((resolve) => setImmediate(resolve))
    }
    return enough()
  })
  return told
}

describe.each(['websocket', 'sse'] as const)('a slow reader over %s', (transport) => {
  it('is sent away, its place is free, and others miss nothing', async () => {
    const stage = await liveStage(1, { waitingBytes: 50_000, leaveMs: 50 })
    const others = [await stage.socket('?type=error:occurred'), await stage.sse('?type=error:occurred')]
    const { of, live } = stage
    await deaf(stage, transport)
    await until('it reads', () => live.clients()[transport] === 2)
    const told = await chatter(stage, () => of('live.dropped').length > 0)
    expect(of('live.dropped')).toMatchObject([{ transport, why: 'slow' }])
    expect(of('live.dropped')[0]?.waitingBytes).toBeGreaterThan(50_000)
    expect(of('live.dropped')[0]?.waitingBytes).toBeLessThan(1_000_000)
    await until('it is gone', () => live.clients()[transport] === 1)
    for (const other of others) {
      await until('all', () => other.frames.length === told + 1)
      expect(other.closed).toBeNull()
      const seqs = other.frames.slice(1).map(({ seq }) => seq)
      expect(seqs).toEqual(seqs.toSorted((a, b) => a - b))
    }
    expect(of('live.closed')).toMatchObject([{ transport, why: 'slow' }])
  })
})

it('a slow reader that reads again learns that it was slow: 1013, and goes on where it was', async () => {
  const stage = await liveStage(1, { waitingBytes: 50_000 })
  const reader = await stage.socket()
  const { stream } = await reader.sees('snapshot')
  reader.ws.pause()
  await chatter(stage, () => stage.of('live.dropped').length > 0)
  reader.ws.resume()
  expect(await reader.end()).toEqual({ code: 1013, reason: expect.stringContaining('too slowly') })
  const since = reader.frames.at(-1)?.seq
  const again = await stage.socket(`?since=${since}&stream=${stream}`)
  expect(await again.sees('resumed')).toMatchObject({ resumed: true, seq: since })
})

it('an opening that is larger than what may wait is no slowness', async () => {
  const stage = await liveStage(3, { waitingBytes: 100 })
  const readers = [await stage.socket(), await stage.sse()]
  for (const reader of readers) await reader.sees('snapshot')
  stage.server.last.to.open()
  for (const reader of readers) await reader.sees('connection:status-changed')
})

it('whoever gives no sign of life is cut after two beats; who answers stays', async () => {
  const stage = await liveStage(1, { beatMs: 100 })
  const { live, of } = stage
  const stays = [await stage.socket(), await stage.sse()]
  await deaf(stage, 'websocket')
  await until('it is cut', () => of('live.dropped').length > 0)
  expect(of('live.dropped')).toMatchObject([{ transport: 'websocket', why: 'silent' }])
  await until('it is gone', () => live.clients().websocket === 1)
  for (const reader of stays) expect(reader.closed).toBeNull()
})

it.each<[string, string | Buffer, number]>([
  ['text', 'hello', 1008],
  ['bytes', Buffer.from([1, 2, 3]), 1008],
  ['a message that is too long', 'x'.repeat(2_000), 1009],
])('who says something is closed: %s', async (_, said, code) => {
  const { socket, server, of } = await liveStage(1)
  const [talker, other] = [await socket(), await socket()]
  await talker.sees('snapshot')
  talker.ws.send(said)
  expect((await talker.end()).code).toBe(code)
  expect(of('live.dropped')).toMatchObject([{ why: 'spoke' }])
  server.last.to.open()
  await other.sees('connection:status-changed')
})

it('bytes that are no WebSocket end that connection and nothing else', async () => {
  const stage = await liveStage(1)
  const other = await stage.socket()
  const raw = await deaf(stage, 'websocket')
  raw.resume()
  raw.write(Buffer.alloc(4_096, 0xff))
  await until('it is closed', () => stage.live.clients().websocket === 1)
  stage.server.last.to.open()
  await other.sees('connection:status-changed')
  expect(stage.errors).toEqual([])
})

it('a ping is answered, and who pings without reading is cut', async () => {
  const stage = await liveStage(1)
  const polite = await stage.socket()
  const answered = new Promise<void>((resolve) => polite.ws.once('pong', () => resolve()))
  polite.ws.ping('are you there')
  await answered
  const flood = await deaf(stage, 'websocket')
  const ping = Buffer.concat([Buffer.from([0x89, 0xfd, 0, 0, 0, 0]), Buffer.alloc(125)])
  const many = Buffer.concat(Array.from({ length: 1_000 }, () => ping))
  await until('it is cut', () => {
    flood.write(many)
    return stage.live.clients().websocket === 1
  })
  expect(polite.closed).toBeNull()
})

it('a token that is taken back ends the streams of its holder', async () => {
  const { socket, sse, tokensFile, of } = await liveStage(1, { beatMs: 500 })
  const readers = [await socket(), await sse()]
  for (const reader of readers) await reader.sees('snapshot')
  writeFileSync(tokensFile, stringify({ tokens: [] }))
  const [ws, events] = await Promise.all(readers.map((reader) => reader.end()))
  expect(ws).toEqual({ code: 1008, reason: 'the token is no longer good' })
  expect(events?.reason).toBe('revoked')
  expect(of('live.dropped').map(({ why }) => why)).toEqual(['revoked', 'revoked'])
})

describe('a stop', () => {
  it('closes everybody with 1001 at once, and the listener with them', async () => {
    const stage = await liveStage(1)
    const readers = [await stage.socket(), await stage.sse()]
    for (const reader of readers) await reader.sees('snapshot')
    const startedAt = performance.now()
    await stage.live.stop()
    await stage.close(10_000)
    expect(performance.now() - startedAt).toBeLessThan(1_000)
    const [ws, events] = await Promise.all(readers.map((reader) => reader.end()))
    expect(ws).toEqual({ code: 1001, reason: 'the agent stops' })
    expect(events?.reason).toBe('stopping')
    expect(stage.of('live.dropped')).toEqual([])
  })

  it('does not wait for those who do not listen', async () => {
    const stage = await liveStage(1)
    await deaf(stage, 'websocket')
    await deaf(stage, 'sse')
    const startedAt = performance.now()
    await stage.live.stop()
    await stage.close(500)
    expect(performance.now() - startedAt).toBeLessThan(2_000)
    expect(stage.live.clients()).toEqual({ websocket: 0, sse: 0 })
  })

  it('lets nobody in any more', async () => {
    const { live, refused } = await liveStage(1)
    await live.stop()
    const { status, title } = await refused()
    expect([status, title]).toEqual([503, 'stopping'])
  })

  it('of the listener alone cuts what was upgraded', async () => {
    const { socket, close } = await liveStage(1)
    const reader = await socket()
    await close(0)
    expect((await reader.end()).code).toBe(1006)
  })
})

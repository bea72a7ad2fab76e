// What is read from the socket itself: every acknowledgement, receipt and demand, and no frame takes the process down.

import { EventEmitter } from 'node:events'
import { describe, expect, it } from 'vitest'
import { listenToWire } from '../../../../agent/session/baileys/wire.ts'

type Onward = (...args: never[]) => unknown

function wire(onMessage?: Onward, before: (ws: EventEmitter) => void = () => {}) {
  const ws = new EventEmitter() as EventEmitter & { socket: { terminate(): void } | null }
  const said: unknown[][] = []
  let terminated = 0
  ws.socket = { terminate: () => (terminated += 1) }
  before(ws)
  if (onMessage) ws.on('message', onMessage as () => void)
  const listened = listenToWire(ws, {
    frame: () => said.push(['frame']),
    message: ({ attrs }) => said.push(['message', attrs.id]),
    ack: (id, refusal) => said.push(['ack', id, refusal]),
    receipt: (id, kind) => said.push(['receipt', id, kind]),
    passkey: () => said.push(['passkey']),
    httpError: (status) => said.push(['http', status]),
    badFrame: (detail) => said.push(['bad', detail]),
  })
  return { ws, said, listened, terminated: () => terminated }
}
const settle = () => new Promise<void>((resolve) => setImmediate(resolve))

it.each([
  ['an acknowledgement', { id: 'M1' }, ['ack', 'M1', null]],
  ['a refusal', { id: 'M1', error: '463' }, ['ack', 'M1', 463]],
])('%s', (_, attrs, expected) => {
  const { ws, said } = wire()
  ws.emit('CB:ack,class:message', { tag: 'ack', attrs })
  expect(said).toEqual([expected])
})

describe('a receipt', () => {
  it.each<[string, Record<string, string>, unknown[][]]>([
    ['without a type is a delivery', { id: 'M1', from: 'x' }, [['receipt', 'M1', 'delivered']]],
    ['read', { id: 'M1', type: 'read' }, [['receipt', 'M1', 'read']]],
    ['played', { id: 'M1', type: 'played' }, [['receipt', 'M1', 'read']]],
    ['that asks to send again is none', { id: 'M1', type: 'retry' }, []],
    ['of our own other device is none', { id: 'M1', type: 'read', recipient: 'y' }, []],
    ['for nothing is none', { type: 'read' }, []],
  ])('%s', (_, attrs, expected) => {
    const { ws, said } = wire()
    ws.emit('CB:receipt', { tag: 'receipt', attrs })
    expect(said).toEqual(expected)
  })

  it('for several messages counts for each', () => {
    const { ws, said } = wire()
    const items = ['M2', 'M3'].map((id) => ({ tag: 'item', attrs: { id } }))
    const content = [{ tag: 'list', attrs: {}, content: items }]
    ws.emit('CB:receipt', { tag: 'receipt', attrs: { id: 'M1', type: 'read' }, content })
    expect(said.map(([, id]) => id)).toEqual(['M1', 'M2', 'M3'])
  })
})

it('a message is heard before the library, which is listening already, takes it apart', () => {
  const order: string[] = []
  const { ws, said, listened } = wire(undefined, (library) =>
    library.on('CB:message', () => order.push(`after ${said.length}`)),
  )
  const node = { tag: 'message', attrs: { id: 'M1' } }
  ws.emit('CB:message', node)
  expect(said).toEqual([['message', 'M1']])
  expect(order).toEqual(['after 1'])
  listened.end()
  ws.emit('CB:message', node)
  expect(said.filter(([what]) => what === 'message')).toHaveLength(1)
})

it('a demand for a passkey is heard, and frames are counted as evidence', () => {
  const { ws, said } = wire()
  ws.emit('frame', {})
  ws.emit('CB:notification,type:passkey_prologue_request', { tag: 'notification', attrs: {} })
  expect(said).toEqual([['frame'], ['passkey']])
})

it('an HTTP status instead of a WebSocket is told, and the request is given up', () => {
  const { ws, said } = wire()
  let destroyed = 0
  let resumed = 0
  ws.emit(
    'unexpected-response',
    { destroy: () => (destroyed += 1) },
    { statusCode: 503, resume: () => (resumed += 1) },
  )
  expect(said).toEqual([['http', 503]])
  expect([destroyed, resumed]).toEqual([1, 1])
})

it('answers to device queries are counted', () => {
  const { ws, listened } = wire()
  expect(listened.countAnswers('usync')).toBe(0)
  ws.emit('CB:iq,,usync', {})
  ws.emit('CB:iq,,usync', {})
  expect(listened.countAnswers('usync')).toBe(2)
})

describe('a frame that cannot be read', () => {
  it('is told when the library rejects', async () => {
    const { ws, said } = wire(async () => {
      throw new Error('bad mac')
    })
    ws.emit('message', Buffer.from([1]))
    await settle()
    expect(said).toEqual([['bad', 'bad mac']])
  })

  it('is told when the library throws at once', async () => {
    const { ws, said } = wire(() => {
      throw new Error('bad length')
    })
    expect(() => ws.emit('message', Buffer.from([1]))).not.toThrow()
    await settle()
    expect(said).toEqual([['bad', 'bad length']])
  })

  it('leaves the order of the others: each is handed on within its own turn', () => {
    const seen: number[] = []
    const { ws } = wire(((bytes: Buffer) => seen.push(bytes[0] ?? 0)) as Onward)
    for (const byte of [1, 2, 3]) ws.emit('message', Buffer.from([byte]))
    expect(seen).toEqual([1, 2, 3])
  })
})

it('after the end nothing is heard, and what others listen for stays', () => {
  const { ws, said, listened } = wire()
  let others = 0
  ws.on('CB:receipt', () => (others += 1))
  listened.end()
  ws.emit('frame', {})
  ws.emit('CB:receipt', { tag: 'receipt', attrs: { id: 'M1' } })
  ws.emit('CB:ack,class:message', { tag: 'ack', attrs: { id: 'M1' } })
  expect(said).toEqual([])
  expect(others).toBe(1)
})

it('cuts the socket that there was, also after the library forgot it', () => {
  const { ws, listened, terminated } = wire()
  ws.socket = null
  listened.terminate()
  expect(terminated()).toBe(1)
})

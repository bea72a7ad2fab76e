// A real HTTP server on loopback that takes webhooks, and misbehaves in every way a test asks for.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

export interface Received {
  /** Of Linda-Delivery. */
  id: string
  attempt: number
  signature: string
  headers: IncomingMessage['headers']
  /** As it came, byte for byte. */
  raw: string
  body: { id: string; type: string; at: string; account: string | null; pool: string; data: Data }
  path: string
}

export interface Data {
  lane: string
  n: number
}

/** A status, or a way to fail. */
export type Behaviour =
  | number
  | { status: number; headers: Record<string, string> }
  | 'hang' // takes everything and never answers
  | 'reset' // closes the connection instead of answering
  | 'cut' // closes it in the middle of the head
  | 'cut-body' // closes it in the middle of the body of a 200
  | 'slow-head' // sends a byte of the head now and then
  | 'huge' // a 200 with a body without end

export interface Receiver {
  url: string
  /** Everything that came, in order. */
  received: Received[]
  /** What was answered with a 2xx, in order. */
  taken: Received[]
  /** Most that were under way at once in one lane. */
  mostInOneLane(): number
  /** What it is to do from now on. */
  answer: (received: Received) => Behaviour | Promise<Behaviour>
  /** Bytes of bodies without end that were read. */
  sent(): number
  close(): Promise<void>
}

export async function startReceiver(answer: Receiver['answer'] = () => 204): Promise<Receiver> {
  const received: Received[] = []
  const taken: Received[] = []
  const underWay = new Map<string, number>()
  const timers = new Set<NodeJS.Timeout>()
  const sockets = new Set<Socket>()
  let most = 0
  let sent = 0
  const server = createServer(async (request, response) => {
    let raw = ''
    for await (const chunk of request) raw += chunk
    const came = read(request, raw)
    received.push(came)
    const { lane } = came.body.data
    underWay.set(lane, (underWay.get(lane) ?? 0) + 1)
    most = Math.max(most, underWay.get(lane) ?? 0)
    let over = false
    const end = (): void => {
      if (!over) underWay.set(lane, (underWay.get(lane) ?? 1) - 1)
      over = true
    }
    response.once('close', end)
    const behaviour = await receiver.answer(came)
    const status =
      typeof behaviour === 'number' ? behaviour : typeof behaviour === 'object' ? behaviour.status : 0
    // Before the answer leaves: who hears it may send the next one before this one is closed here.
    if (behaviour !== 'hang' && behaviour !== 'slow-head') end()
    if ((status >= 200 && status < 300) || behaviour === 'huge' || behaviour === 'cut-body') taken.push(came)
    behave(response, behaviour)
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    socket.on('error', () => {})
  })

  function behave(response: ServerResponse, behaviour: Behaviour): void {
    const socket = response.socket
    if (typeof behaviour === 'number') response.writeHead(behaviour).end()
    else if (typeof behaviour === 'object') response.writeHead(behaviour.status, behaviour.headers).end('x')
    else if (behaviour === 'reset') socket?.resetAndDestroy()
    else if (behaviour === 'cut') socket?.end('HTTP/1.1 200 O')
    else if (behaviour === 'cut-body') {
      response.writeHead(200, { 'content-length': '1000' })
      response.write('half', () => socket?.destroy())
    } else if (behaviour === 'slow-head') {
      socket?.write('HTTP/1.1 200 OK\r\nx: ')
      const timer = setInterval(() => socket?.write('x'), 20)
      timers.add(timer)
      socket?.once('close', () => clearInterval(timer))
    } else if (behaviour === 'huge') {
      response.writeHead(200)
      const chunk = Buffer.alloc(64 * 1024)
      const pour = (): void => {
        while (!response.destroyed && response.write(chunk)) sent += chunk.length
        if (!response.destroyed) response.once('drain', pour)
      }
      pour()
    }
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    taken,
    mostInOneLane: () => most,
    answer,
    sent: () => sent,
    async close() {
      for (const timer of timers) clearInterval(timer)
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return receiver
}

function read({ headers, url = '' }: IncomingMessage, raw: string): Received {
  return {
    id: String(headers['linda-delivery']),
    attempt: Number(headers['linda-attempt']),
    signature: String(headers['linda-signature']),
    headers,
    raw,
    body: JSON.parse(raw) as Received['body'],
    path: url,
  }
}

// What loopback providers share: a real HTTP server on a free port that reads each request whole before it does to it what the test asks for.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

/** What becomes of a request that has been read. */
export type Manner =
  | 'accept'
  | 'hang' // the answer never comes
  | 'cut' // the connection breaks; the request was taken
  /** A refusal; `code` is the provider's own number or word. */
  | { status: number; code?: number | string; retryAfter?: string }

export interface Came {
  method: string
  path: string
  headers: IncomingMessage['headers']
  body: string
}

export interface Answer {
  status: number
  body: object
  headers?: Record<string, string>
}

export interface Loopback {
  url: string
  close(): Promise<void>
}

/** @param take the answer, or how it is withheld */
export async function loopback(
  take: (came: Came) => Promise<Answer | 'hang' | 'cut'> | Answer | 'hang' | 'cut',
): Promise<Loopback> {
  const sockets = new Set<Socket>()
  const server = createServer(async (request: IncomingMessage, response: ServerResponse) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const { method = '', url: path = '', headers } = request
    const answer = await take({ method, path, headers, body })
    if (answer === 'hang') return
    if (answer === 'cut') return void response.socket?.destroy()
    response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers })
    response.end(JSON.stringify(answer.body))
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    socket.on('error', () => {})
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

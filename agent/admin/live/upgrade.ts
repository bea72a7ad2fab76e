// From a request to upgrade to the application and back: it is judged like every other request, and a refusal has its words.

import { type IncomingMessage, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Hono } from 'hono'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Upgrades } from '../../http.ts'

export const SOCKET_PATH = '/ws/dashboard/status'
export const PROTOCOL = 'linda.v1'
const BEARER = 'bearer.'
/** A reader has nothing to say. */
const MOST_BYTES = 1_024

/** What a route that takes sockets finds in the environment of its request. */
export interface Upgrading {
  /** Set by the route that lets it through. */
  accepted?: (ws: WebSocket, socket: Duplex) => void
  /** Called instead where the handshake then fails. */
  failed?: () => void
}

/** @param app answers with a refusal, or sets what is to be done with the socket */
// biome-ignore lint/suspicious/noExplicitAny: an app of any environment can be asked
export function upgradesTo(app: Hono<any>): Upgrades {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: MOST_BYTES,
    clientTracking: false,
    perMessageDeflate: false,
    // A token stands among those that the client names: it is not repeated.
    handleProtocols: () => PROTOCOL,
  })
  return {
    // Everything else, with a body or for another protocol, is an ordinary request.
    wants: ({ method, url, headers }) =>
      method === 'GET' &&
      url?.split('?')[0] === SOCKET_PATH &&
      headers.upgrade?.toLowerCase() === 'websocket' &&
      headers['content-length'] === undefined &&
      headers['transfer-encoding'] === undefined,
    async take(incoming, socket, head) {
      // Before anything is awaited: a reset meanwhile must harm nobody.
      socket.on('error', () => socket.destroy())
      const upgrading: Upgrading = {}
      try {
        const answer = await app.fetch(requestOf(incoming), { incoming, upgrading })
        const { accepted } = upgrading
        if (!accepted) return await refuse(socket, answer)
        let done = false
        // In one go: where the handshake is wrong, `ws` answers and does not call.
        server.handleUpgrade(incoming, socket, head, (ws) => {
          done = true
          accepted(ws, socket)
        })
        if (!done) upgrading.failed?.()
      } catch {
        upgrading.failed?.()
        socket.destroy()
      }
    },
  }
}

/** A browser cannot set headers on a WebSocket: its token comes as a subprotocol, and is a header from here on. */
function requestOf({ url = '', rawHeaders }: IncomingMessage): Request {
  const headers = new Headers()
  for (let i = 0; i + 1 < rawHeaders.length; i += 2)
    headers.append(rawHeaders[i] as string, rawHeaders[i + 1] as string)
  const offered = (headers.get('sec-websocket-protocol') ?? '').split(',').map((each) => each.trim())
  const token = offered.find((each) => each.startsWith(BEARER))?.slice(BEARER.length)
  if (token && !headers.has('authorization')) headers.set('authorization', `Bearer ${token}`)
  const others = offered.filter((each) => each !== '' && !each.startsWith(BEARER))
  if (token !== undefined || others.length > 0) headers.set('sec-websocket-protocol', others.join(', '))
  return new Request(`http://localhost${url}`, { headers })
}

async function refuse(socket: Duplex, answer: Response): Promise<void> {
  const body = Buffer.from(await answer.arrayBuffer())
  if (socket.destroyed) return
  const headers = [...answer.headers].filter(([name]) => name !== 'content-length')
  const lines = [...headers, ['content-length', String(body.length)], ['connection', 'close']].map(
    ([name, value]) => `${name}: ${value}\r\n`,
  )
  const status = `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? ''}\r\n`
  socket.once('finish', () => socket.destroy())
  socket.end(Buffer.concat([Buffer.from(`${status}${lines.join('')}\r\n`), body]))
}

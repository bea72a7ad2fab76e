// The WebSocket door: it can answer an upgrade with an HTTP error, and can really be closed and opened again on its port.
import { createServer, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'

export type Arrival = { ws: WebSocket; socket: Socket }

export class Listener {
  readonly #http: Server
  readonly #sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: 32 << 20 })
  #port = 0

  readonly #host: string

  /** `refusal` answers with an HTTP status when the upgrade is to be refused. */
  constructor(host: string, refusal: () => number | undefined, arrived: (arrival: Arrival) => void) {
    this.#host = host
    this.#http = createServer((_request, response) => {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('This is a WebSocket: /ws/chat\n')
    })
    this.#http.on('upgrade', (request, stream, head) => {
      const socket = stream as Socket
      socket.on('error', () => socket.destroy())
      const path = (request.url ?? '').split('?')[0]
      const status = path === '/ws/chat' ? refusal() : 404
      if (status !== undefined) {
        socket.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
        return
      }
      this.#sockets.handleUpgrade(request, socket, head, (ws) => arrived({ ws, socket }))
    })
  }

  get port(): number {
    return this.#port
  }

  open(port = this.#port): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#http.once('error', reject)
      this.#http.listen(port, this.#host, () => {
        this.#http.off('error', reject)
        this.#port = (this.#http.address() as AddressInfo).port
        resolve()
      })
    })
  }

  /** Connections that are open stay open. */
  close(): void {
    this.#http.close()
    this.#http.closeIdleConnections()
  }
}

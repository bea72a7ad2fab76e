// A reader over WebSocket, who has nothing to say but that it is still there.

import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import { type Leaving, leavings } from './leaving.ts'
import type { Client } from './reader.ts'

/** Beats that a reader may take for what was written before the ping: two minutes for 4 MB are a line of 35 KB/s. */
const PATIENCE = 8

export interface Heard {
  /** Called once. */
  gone(): void
  /** Anything but a pong. */
  spoke(): void
}

export class WebSocketClient implements Client {
  readonly transport = 'websocket'
  #ws: WebSocket
  #socket: Duplex
  #answered = true
  /** Beats since the ping that has no answer yet. */
  #unanswered = 0

  /** @param socket the connection under it; `ws` writes whole messages to it, so whole messages may be put between them */
  constructor(ws: WebSocket, socket: Duplex) {
    this.#ws = ws
    this.#socket = socket
  }

  listen(heard: Heard): void {
    this.#ws.on('pong', () => {
      this.#answered = true
    })
    this.#ws.on('message', heard.spoke)
    // A message that is too long or no message at all, or pings without end: `ws` has closed with its own code and says so here.
    this.#ws.on('error', heard.spoke)
    this.#ws.once('close', heard.gone)
    if (this.#ws.readyState === this.#ws.CLOSED) heard.gone()
  }

  write(bytes: Buffer): void {
    if (this.#ws.readyState === this.#ws.OPEN) this.#socket.write(bytes)
  }

  waiting(): number {
    return this.#ws.bufferedAmount
  }

  beat(): boolean {
    if (!this.#answered) {
      this.#unanswered += 1
      // The ping stands behind an opening that is still on its way; nothing tells how much of that has arrived.
      return this.waiting() > 0 && this.#unanswered < PATIENCE
    }
    this.#answered = false
    this.#unanswered = 0
    if (this.#ws.readyState === this.#ws.OPEN) this.#ws.ping()
    return true
  }

  leave(why: Leaving, withinMs: number): void {
    const { code, words } = leavings[why]
    if (why === 'silent') {
      this.#ws.terminate()
      return
    }
    this.#ws.close(code, words)
    const cut = setTimeout(() => this.#ws.terminate(), withinMs)
    this.#ws.once('close', () => clearTimeout(cut))
  }
}

// One client's connection: nodes come out in order and one at a time, and every way to break it is here.
import type { Socket } from 'node:net'
import { type BinaryNode, decodeBinaryNode, encodeBinaryNode } from '@whiskeysockets/baileys'
import type { WebSocket } from 'ws'
import type { ClosedBy } from '../types.ts'
import { FrameReader, frame } from './frames.ts'
import type { Arrival } from './listener.ts'
import { NoiseResponder, type ServerIdentity } from './noise.ts'

export type Registration = {
  identity: Buffer
  registrationId: number
  signedPreKey: { id: number; public: Buffer; signature: Buffer }
}

export type Handlers = {
  /** May wait, and may break the connection instead of returning. */
  hello(connection: Connection): Promise<void>
  login(connection: Connection, phone: string, device: number): Promise<void>
  registration(connection: Connection, registration: Registration): Promise<void>
  node(connection: Connection, node: BinaryNode): Promise<void>
  closed(connection: Connection, by: ClosedBy, why: string): void
  problem(connection: Connection, error: unknown): void
}

export class Connection {
  readonly id: number
  readonly noise: NoiseResponder
  /** The phone, from the moment the client has named it. */
  account: string | null = null
  stage: 'handshake' | 'pairing' | 'session' = 'handshake'
  noiseKey: Buffer = Buffer.alloc(0)
  registration: Registration | undefined
  /** True from `<success>` on: the account is reachable here. */
  live = false
  /** Logged in and never told so: nothing is answered, or nothing but pings. */
  limbo: 'no' | 'silent' | 'pings' = 'no'
  closing = false
  closed = false
  peerClosing = false
  readonly #ws: WebSocket
  readonly #socket: Socket
  readonly #handlers: Handlers
  readonly #reader = new FrameReader()
  #inbox: Buffer[] = []
  #outbox: BinaryNode[] = []
  #pumping = false
  #stalls = 0
  #deaf = 0
  #halves = 0
  #reason: { by: ClosedBy; why: string } | undefined
  #greeted = false
  #answerClose: (() => void) | undefined

  constructor(id: number, arrival: Arrival, identity: ServerIdentity, handlers: Handlers) {
    this.id = id
    this.#ws = arrival.ws
    this.#socket = arrival.socket
    this.#handlers = handlers
    this.noise = new NoiseResponder(identity)
    this.#socket.setNoDelay(true)
    this.#ws.on('message', (data) => this.#receive(data as Buffer))
    this.#ws.on('error', () => undefined)
    this.#ws.on('close', (code) => {
      this.closed = true
      this.live = false
      const { by, why } = this.#reason ?? { by: 'client' as const, why: `ws close ${code}` }
      handlers.closed(this, by, why)
    })
    this.#interceptClose()
  }

  /** Stalled, half-open or on its way out: not a connection that serves anybody. */
  get stale(): boolean {
    return this.#stalls + this.#halves > 0 || this.closing || this.peerClosing
  }

  send(node: BinaryNode): void {
    if (this.closed) return
    if (this.#stalls + this.#halves > 0) this.#outbox.push(node)
    else this.#write(this.noise.encrypt(encodeBinaryNode(node)))
  }

  sendHandshake(bytes: Uint8Array): void {
    this.#write(bytes)
  }

  /** A frame that nobody can decrypt. Without desync the next frames are good again. */
  sendGarbage(desync: boolean): void {
    if (!desync) this.noise.encrypt(Buffer.alloc(1))
    this.#write(Buffer.alloc(48, 0xa5))
  }

  /** Until the answer is called nothing is answered, not even a WebSocket close if `answersClose` is false. */
  stall(answersClose: boolean): () => void {
    this.#stalls++
    if (!answersClose) this.#deaf++
    return once(() => {
      this.#stalls--
      if (!answersClose) this.#deaf--
      this.#resume()
    })
  }

  /** Nothing is read or written any more; the socket stays. */
  halfOpen(): () => void {
    this.#halves++
    this.#ws.pause()
    return once(() => {
      this.#halves--
      if (this.#halves === 0 && !this.closed) this.#ws.resume()
      this.#resume()
    })
  }

  /** Sends the last words, if any, then closes the WebSocket, by force after a second. */
  end(by: ClosedBy, why: string, last?: BinaryNode): void {
    if (this.closing || this.closed) return
    if (last) this.send(last)
    this.closing = true
    this.#reason = { by, why }
    const stalled = this.#stalls + this.#halves > 0
    setTimeout(() => (stalled ? this.#ws.terminate() : this.#ws.close(1000)), last ? 20 : 0).unref()
    setTimeout(() => this.#ws.terminate(), 1000).unref()
  }

  fin(why: string): void {
    this.closing = true
    this.#reason = { by: 'fault', why }
    this.#socket.end()
  }

  reset(why: string): void {
    this.closing = true
    this.#reason = { by: 'fault', why }
    this.#socket.resetAndDestroy()
  }

  terminate(by: ClosedBy, why: string): void {
    this.#reason ??= { by, why }
    this.#ws.terminate()
  }

  #write(body: Uint8Array): void {
    if (this.#ws.readyState === this.#ws.OPEN) this.#ws.send(frame(body))
  }

  #receive(data: Buffer): void {
    try {
      this.#inbox.push(...this.#reader.push(data))
    } catch (error) {
      this.end('server', (error as Error).message)
      return
    }
    void this.#pump()
  }

  async #pump(): Promise<void> {
    if (this.#pumping) return
    this.#pumping = true
    try {
      while (this.#inbox.length > 0 && !this.closed && this.#stalls + this.#halves === 0) {
        await this.#process(this.#inbox.shift() as Buffer)
      }
    } catch (error) {
      this.#handlers.problem(this, error)
      this.end('server', `protocol error: ${(error as Error).message}`)
    } finally {
      this.#pumping = false
    }
  }

  async #process(bytes: Buffer): Promise<void> {
    if (this.noise.established) {
      const plain = this.noise.decrypt(bytes)
      await this.#handlers.node(this, await decodeBinaryNode(plain))
    } else if (!this.#greeted) {
      this.#greeted = true
      const hello = this.noise.hello(bytes)
      await this.#handlers.hello(this)
      this.sendHandshake(hello)
    } else await this.#identify(bytes)
  }

  async #identify(bytes: Buffer): Promise<void> {
    const { noiseKey, payload } = this.noise.finish(bytes)
    this.noiseKey = noiseKey
    const pairing = payload.devicePairingData
    if (!pairing) {
      this.stage = 'session'
      return this.#handlers.login(this, String(payload.username ?? ''), payload.device ?? 0)
    }
    this.stage = 'pairing'
    const number = (bytes: Uint8Array | null | undefined) => {
      const hex = Buffer.from(bytes ?? []).toString('hex')
      return hex === '' ? 0 : Number.parseInt(hex, 16)
    }
    this.registration = {
      identity: Buffer.from(pairing.eIdent ?? []),
      registrationId: number(pairing.eRegid),
      signedPreKey: {
        id: number(pairing.eSkeyId),
        public: Buffer.from(pairing.eSkeyVal ?? []),
        signature: Buffer.from(pairing.eSkeySig ?? []),
      },
    }
    await this.#handlers.registration(this, this.registration)
  }

  #resume(): void {
    if (this.#stalls + this.#halves > 0 || this.closed) return
    for (const node of this.#outbox.splice(0)) this.send(node)
    this.#answerClose?.()
    void this.#pump()
  }

  /** The ws library answers a close frame by itself; a deaf connection must only remember that it came. */
  #interceptClose(): void {
    const close = this.#ws.close.bind(this.#ws)
    this.#ws.close = (code?: number, data?: string | Buffer) => {
      const answering = !this.closing
      if (answering) this.peerClosing = true
      if (answering && this.#deaf > 0) this.#answerClose = () => close(code, data)
      else close(code, data)
    }
  }
}

function once(action: () => void): () => void {
  let done = false
  return () => {
    if (done) return
    done = true
    action()
  }
}

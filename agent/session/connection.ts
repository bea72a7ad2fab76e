// One connection from waiting for its turn to its end: it holds a place among the connects, a span and a watchdog, and gives all back.

import type { About, Bus } from '../events.ts'
import { attributes, type OpenSpan, openSpan } from '../telemetry/tracing.ts'
import type { ConnectLimiter, Place } from './connect-limiter.ts'
import { UnusableCredentials } from './credentials.ts'
import { EvidenceWatch, type WatchSettings } from './evidence-watch.ts'
import type { Close } from './reasons.ts'
import type {
  Handing,
  Inbound,
  OpenSocket,
  Restriction,
  Socket,
  SocketListener,
  SocketOptions,
} from './socket.ts'

export interface ConnectionSettings extends Omit<SocketOptions, 'auth' | 'textOf'>, WatchSettings {}

/** What a session hears of its connection. `closed` comes exactly once, and nothing but `received` after it. */
export interface ConnectionListener {
  /** The server gave a sign of life. */
  evidence(): void
  code(code: string, lifeMs: number): void
  paired(): void
  opened(): void
  restriction(restriction: Restriction | null): void
  received(message: Inbound, handing?: Handing): void
  undecryptable(messageId: string): void
  ack(messageId: string, refusal: number | null): void
  receipt(messageId: string, kind: 'delivered' | 'read'): void
  closed(close: Close): void
}

export interface ConnectionContext {
  bus: Bus
  about: About
  limiter: ConnectLimiter
  openSocket: OpenSocket
  textOf: SocketOptions['textOf']
  settings: ConnectionSettings
  /** How often the session has dialled since it was last stable, from 0; and whether it was ever open. */
  attempt: number
  reconnect: boolean
}

export class Connection {
  socket: Socket | null = null
  /** Set while the connection is open. */
  watch: EvidenceWatch | null = null
  #context: ConnectionContext
  #listener: ConnectionListener
  #waiting = new AbortController()
  #place: Place | null = null
  #span: OpenSpan | null = null
  #watchdog: NodeJS.Timeout | undefined
  #startedAt = performance.now()
  #openedAt: number | null = null
  #ended = false
  /** A phone has scanned: the library goes on showing codes, and none of them is worth anything. */
  #linked = false

  constructor(context: ConnectionContext, listener: ConnectionListener) {
    this.#context = context
    this.#listener = listener
  }

  /** Waits for a place, then opens the socket. Never rejects: failures are a `closed`. */
  async dial(prepareAuth: () => Promise<SocketOptions['auth']>): Promise<void> {
    const { limiter, bus, about, settings, openSocket, textOf } = this.#context
    try {
      this.#place = await limiter.take(this.#waiting.signal)
    } catch {
      return // closed while waiting; close() has said so
    }
    if (this.#ended) return this.#place.release()
    this.#startedAt = performance.now()
    const { attempt } = this.#context
    this.#span = openSpan('connect', about.account ?? '', { [attributes.attempt]: attempt })
    bus.emit('session.connecting', { attempt, waitedMs: Math.round(this.#place.waitedMs) }, this.#about())
    this.#watch('neither open nor a code')
    try {
      const auth = await prepareAuth()
      if (this.#ended) return
      this.socket = openSocket({ ...settings, auth, textOf }, this.#socketListener())
    } catch (error) {
      const reason = error instanceof UnusableCredentials ? error.reason : 'internal-error'
      this.close({ reason, code: null, detail: (error as Error).message })
    }
  }

  /** Ends it at once, whether it waits, dials or is open. Idempotent. */
  close(close: Close): void {
    if (this.socket) this.socket.close(close)
    else this.#end(close)
  }

  #socketListener(): SocketListener {
    const to = this.#listener
    const { bus } = this.#context
    return {
      frame: () => {
        this.watch?.frame()
        to.evidence()
      },
      code: (code, lifeMs) => {
        if (this.#linked) return
        this.#connected()
        this.#span?.end()
        to.code(code, lifeMs)
      },
      paired: () => {
        this.#linked = true
        // The server now asks for a new connection; one that falls silent instead must not be waited for.
        this.#watch('no new connection was asked for')
        to.paired()
      },
      open: () => this.#onOpen(),
      close: (close) =>
        this.#end(
          this.#linked && close.reason === 'codes-ended' ? { ...close, reason: 'connect-timeout' } : close,
        ),
      restriction: (restriction) => to.restriction(restriction),
      received: (message, handing) => to.received(message, handing),
      undecryptable: (messageId) => to.undecryptable(messageId),
      ack: (messageId, refusal) => to.ack(messageId, refusal),
      receipt: (messageId, kind) => to.receipt(messageId, kind),
      trap: (trap, detail) => bus.emit('session.trapped', { trap, detail }, this.#about()),
    }
  }

  /** Gives the present step the connect timeout; `missing` is what did not happen. */
  #watch(missing: string): void {
    const { connectTimeoutMs } = this.#context.settings
    clearTimeout(this.#watchdog)
    this.#watchdog = setTimeout(() => {
      const detail = `${missing} after ${connectTimeoutMs} ms`
      this.close({ reason: 'connect-timeout', code: null, detail })
    }, connectTimeoutMs)
  }

  #onOpen(): void {
    const { bus, settings, reconnect, about } = this.#context
    this.#connected()
    this.#openedAt = performance.now()
    bus.emit('session.opened', { ms: this.#openedAt - this.#startedAt, reconnect }, this.#about())
    this.#span?.end()
    const onDead = (reason: Close['reason'], silentMs: number): void =>
      this.close({ reason, code: null, detail: `no evidence for ${silentMs} ms` })
    if (this.socket) this.watch = new EvidenceWatch(this.socket, settings, bus, about, onDead)
    this.#listener.opened()
  }

  /** The connect itself is over: the place goes to the next one. */
  #connected(): void {
    clearTimeout(this.#watchdog)
    this.#place?.release()
    this.#place = null
  }

  #end(close: Close): void {
    if (this.#ended) return
    this.#ended = true
    this.#waiting.abort(new Error(close.reason))
    const stillConnecting = this.#place !== null
    this.#connected()
    this.watch?.stop()
    const { bus, reconnect } = this.#context
    const about = this.#about()
    if (stillConnecting) {
      this.#span?.set({ [attributes.reason]: close.reason })
      const ms = performance.now() - this.#startedAt
      if (close.reason !== 'asked')
        bus.emit('session.connect-failed', { reason: close.reason, ms, reconnect }, about)
    }
    this.#span?.end(stillConnecting ? close.reason : undefined)
    const openForMs = this.#openedAt === null ? null : Math.round(performance.now() - this.#openedAt)
    bus.emit('session.closed', { ...close, openForMs }, about)
    this.#listener.closed(close)
  }

  #about(): About {
    return { ...this.#context.about, trace: this.#span?.trace }
  }
}

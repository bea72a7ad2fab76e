// A WhatsApp connection that does what the test says: the Socket port, without a wire.

import type { SessionSettings } from '../../../agent/session/parts.ts'
import type { Close } from '../../../agent/session/reasons.ts'
import type {
  OpenSocket,
  Outgoing,
  Socket,
  SocketListener,
  SocketOptions,
} from '../../../agent/session/socket.ts'
import type { Reason } from '../../../agent/words.ts'

/** Never settles. */
export const hang = (): Promise<never> => new Promise(() => {})

export class ScriptedSocket implements Socket {
  readonly to: SocketListener
  readonly options: SocketOptions
  closed: Close | null = null
  readonly sent: Outgoing[] = []
  pings = 0
  checks = 0
  /** What the next calls come to; a test puts its own in place. */
  onPing: (deadlineMs: number) => Promise<void> = async () => {}
  onSend: (message: Outgoing) => Promise<void> = async () => {}
  onCheck: () => Promise<void> = async () => {}
  onPairingCode: () => Promise<string> = async () => 'ABCD1234'
  readonly codesFor: string[] = []

  constructor(options: SocketOptions, to: SocketListener) {
    this.options = options
    this.to = to
  }

  ping(deadlineMs: number): Promise<void> {
    this.pings += 1
    return this.onPing(deadlineMs)
  }

  send(message: Outgoing): Promise<void> {
    this.sent.push(message)
    return this.onSend(message)
  }

  pairingCode(phone: string): Promise<string> {
    this.codesFor.push(phone)
    return this.onPairingCode()
  }

  checkRestriction(): Promise<void> {
    this.checks += 1
    return this.onCheck()
  }

  close(close: Close): void {
    if (this.closed) return
    this.closed = close
    this.to.close(close)
  }

  /** The server's side ended it. */
  drop(reason: Reason, code: number | null = null): void {
    this.close({ reason, code, detail: `scripted ${reason}` })
  }
}

export class ScriptedServer {
  readonly sockets: ScriptedSocket[] = []
  /** Runs for each new socket, before anybody else sees it. */
  onOpen: (socket: ScriptedSocket) => void = () => {}

  readonly open: OpenSocket = (options, listener) => {
    const socket = new ScriptedSocket(options, listener)
    this.onOpen(socket)
    this.sockets.push(socket)
    return socket
  }

  /** The newest socket. */
  get last(): ScriptedSocket {
    const socket = this.sockets.at(-1)
    if (!socket) throw new Error('nobody has dialled yet')
    return socket
  }

  /** Sockets that nobody has closed. */
  get alive(): ScriptedSocket[] {
    return this.sockets.filter(({ closed }) => closed === null)
  }
}

export const settings: SessionSettings = {
  url: 'ws://scripted/ws/chat',
  connectTimeoutMs: 20_000,
  queryTimeoutMs: 15_000,
  probeIntervalMs: 30_000,
  probeDeadlineMs: 1_500,
  ackDeadlineMs: 5_000,
  lookEveryMs: 5_000,
  acksWithheldMs: 20_000,
  acksWithheldCount: 3,
  backoff: { baseMs: 1_000, capMs: 300_000 },
  stableAfterMs: 60_000,
  sendDeadlineMs: 30_000,
  regenerations: 3,
  typedCodeLifeMs: 180_000,
}

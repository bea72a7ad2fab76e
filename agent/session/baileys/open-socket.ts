// The Socket port on Baileys: the only file that opens a library socket, and the place where its traps are contained.

import type { EventEmitter } from 'node:events'
import makeWASocket, {
  type BinaryNode,
  type ConnectionState,
  S_WHATSAPP_NET,
  type SignalKeyStoreWithTransaction,
} from '@whiskeysockets/baileys'
import { FencedError } from '../../store/auth-rows.ts'
import { StoredAuth } from '../auth-state.ts'
import { type Close, reasonOf } from '../reasons.ts'
import { type OpenSocket, type Outgoing, SendError, type Socket, type SocketListener } from '../socket.ts'
import { DecryptOnce } from './decrypt-once.ts'
import { InboundReader, idOf, isUnreadable } from './inbound.ts'
import { signalRepositoryInTurns } from './one-transaction.ts'
import { silentLogger } from './silent-logger.ts'
import { withoutGuessing } from './unread.ts'
import { listenToWire, type Wire } from './wire.ts'

/** The library pings on every tick of this interval whatever the traffic; the session probes by evidence instead. */
const KEEP_ALIVE_MS = 10 * 60_000
/** How long the library shows the first code and each later one, when no other life is asked for. */
const FIRST_CODE_MS = 60_000
const NEXT_CODE_MS = 20_000
/** The library holds back events until the server says that offline delivery is over; a server may forget to. */
const FLUSH_AFTER_MS = 5_000
/** How long a peer may take to answer a polite WebSocket close before it is cut off. */
const POLITE_CLOSE_MS = 300

export const openBaileys: OpenSocket = (options, listener) => {
  if (!(options.auth instanceof StoredAuth))
    throw new TypeError('this adapter needs credentials from StoredAuth')
  return new BaileysSocket(options, options.auth, listener)
}

type Library = ReturnType<typeof makeWASocket>
/** The library's errors carry their code the way @hapi/boom does. */
type LibraryError = Error & { output?: { statusCode?: number } }

class BaileysSocket implements Socket {
  #lib: Library
  #wire: Wire
  #inbound: InboundReader
  #listener: SocketListener
  #options: Parameters<OpenSocket>[0]
  #closed = false
  #codes = 0
  #flushTimer: NodeJS.Timeout | undefined

  constructor(options: Parameters<OpenSocket>[0], auth: StoredAuth, listener: SocketListener) {
    this.#options = options
    this.#listener = listener
    this.#inbound = new InboundReader(listener, auth.decrypted)
    const once = new DecryptOnce(auth, {
      live: () => !this.#closed,
      // Who is closed by now hears nothing more of it from the library.
      opened: () => this.#closed && this.#inbound.handOver(),
      unwritten: (error) => this.#onUnwritten(error),
      usedUp: (id) => this.#listener.trap('key-used-up', idOf(id)),
    })
    // What earlier connections have decrypted and nobody was told of.
    this.#inbound.handOver()
    this.#lib = makeWASocket({
      auth: { creds: auth.creds, keys: auth.keys },
      waWebSocketUrl: options.url,
      logger: silentLogger,
      connectTimeoutMs: options.connectTimeoutMs,
      defaultQueryTimeoutMs: options.queryTimeoutMs,
      keepAliveIntervalMs: KEEP_ALIVE_MS,
      markOnlineOnConnect: false,
      syncFullHistory: false,
      makeSignalRepository: (mine, ...rest) => {
        const keys = mine.keys as SignalKeyStoreWithTransaction
        const unread = (error: unknown): void => this.#onUnwritten(error)
        return once.guard(
          withoutGuessing(signalRepositoryInTurns(auth.turns)(mine, ...rest), keys, unread),
          keys,
        )
      },
      // By id alone: a request for a resend names a device, which the library's own cache does not find.
      getMessage: async ({ id }) => {
        const text = id ? await options.textOf(id) : undefined
        return text === undefined ? undefined : { conversation: text }
      },
      ...(options.codeLifeMs === undefined ? {} : { qrTimeout: options.codeLifeMs }),
    })
    this.#wire = listenToWire(this.#lib.ws as unknown as EventEmitter, {
      frame: () => this.#say((l) => l.frame()),
      message: (node) => once.heard(node),
      ack: (id, refusal) => this.#say((l) => l.ack(id, refusal)),
      receipt: (id, kind) => this.#say((l) => l.receipt(id, kind)),
      passkey: () =>
        this.close({ reason: 'passkey-required', code: null, detail: 'the phone asks for a passkey' }),
      httpError: (status) =>
        this.close({
          reason: 'http-error',
          code: status,
          detail: `the upgrade was answered with HTTP ${status}`,
        }),
      badFrame: (detail) => {
        this.#say((l) => l.trap('frame-rejected', detail))
        // The cipher counts frames: after one that failed, no later one can be read.
        this.close({ reason: 'bad-frame', code: null, detail })
      },
    })
    this.#lib.ev.on('creds.update', () => auth.saveCreds())
    this.#lib.ev.on('connection.update', (update) => this.#onUpdate(update))
    this.#lib.ev.on('messages.upsert', ({ messages, type }) => {
      for (const message of messages) {
        // It failed because the connection is over, and is not acknowledged: the server repeats it to whoever has the account then.
        if (this.#closed && isUnreadable(message)) continue
        this.#inbound.read(message, type)
      }
    })
  }

  async ping(deadlineMs: number): Promise<void> {
    const ping: BinaryNode = {
      tag: 'iq',
      attrs: { to: S_WHATSAPP_NET, type: 'get', xmlns: 'w:p' },
      content: [{ tag: 'ping', attrs: {} }],
    }
    const answer = await this.#lib.query(ping, deadlineMs)
    if (answer === undefined) throw new Error(`no pong within ${deadlineMs} ms`)
  }

  async send({ messageId, to, text }: Outgoing): Promise<void> {
    if (this.#closed) throw new SendError('not-open', 'failed')
    await this.#requireDevices(to)
    try {
      await this.#lib.relayMessage(to, { conversation: text }, { messageId })
    } catch (error) {
      if (/encrypt/i.test((error as Error).message)) throw new SendError('encryption-failed', 'failed')
      // The frame may have left before the failure: nobody can say.
      throw new SendError('connection-closed', 'unknown')
    }
    // Sending in a tight loop runs in microtasks only: give timers and the socket their turn.
    await new Promise<void>((resolve) => setImmediate(resolve))
  }

  pairingCode(phone: string): Promise<string> {
    return this.#lib.requestPairingCode(phone)
  }

  async checkRestriction(): Promise<void> {
    await this.#lib.fetchAccountReachoutTimelock()
  }

  close(close: Close): void {
    if (this.#closed) return
    // WhatsApp has the receipts of what the library still holds back, and its end throws that away.
    this.#lib.ev.flush()
    this.#closed = true
    clearTimeout(this.#flushTimer)
    this.#wire.end()
    void this.#lib.end(undefined).catch(() => {})
    this.#inbound.handOver()
    // The library waits up to 30 s for the peer's close frame; a dead peer never sends one.
    setTimeout(() => this.#wire.terminate(), close.reason === 'asked' ? POLITE_CLOSE_MS : 0).unref()
    this.#listener.close(close)
  }

  /**
   * The library writes a message for nobody when the number does not exist or the device query is not answered, and
   * calls it sent: look first. The look fills the library's own cache, so it is asked once in five minutes.
   */
  async #requireDevices(to: string): Promise<void> {
    const answered = this.#wire.countAnswers('usync')
    const devices = await this.#lib.getUSyncDevices([to], true, false).catch(() => {
      throw new SendError(this.#closed ? 'connection-closed' : 'query-unanswered', 'failed')
    })
    if (devices.length > 0) return
    throw new SendError(
      this.#wire.countAnswers('usync') > answered ? 'not-on-whatsapp' : 'query-unanswered',
      'failed',
    )
  }

  #onUpdate(update: Partial<ConnectionState>): void {
    if (this.#closed) return
    if (update.qr) this.#onCode(update.qr)
    if (update.isNewLogin) this.#listener.paired()
    if (update.receivedPendingNotifications) clearTimeout(this.#flushTimer)
    if (update.reachoutTimeLock) {
      const { isActive, timeEnforcementEnds } = update.reachoutTimeLock
      const untilMs = timeEnforcementEnds ? timeEnforcementEnds.getTime() : null
      this.#listener.restriction(isActive ? { kind: 'reachout-timelock', untilMs } : null)
    }
    if (update.connection === 'open') this.#onOpen()
    if (update.connection === 'close') this.#onClose(update.lastDisconnect?.error)
  }

  #onCode(code: string): void {
    this.#codes += 1
    const life = this.#options.codeLifeMs ?? (this.#codes === 1 ? FIRST_CODE_MS : NEXT_CODE_MS)
    this.#listener.code(code, life)
  }

  #onOpen(): void {
    this.#flushTimer = setTimeout(() => {
      if (this.#lib.ev.flush())
        this.#say((l) => l.trap('events-buffered', `flushed after ${FLUSH_AFTER_MS} ms`))
    }, FLUSH_AFTER_MS)
    this.#flushTimer.unref()
    this.#listener.open()
  }

  #onClose(error: Error | undefined): void {
    const code = (error as LibraryError | undefined)?.output?.statusCode ?? null
    const detail = error?.message ?? 'the library ended the connection'
    this.close({ reason: reasonOf(code, detail), code, detail: withoutAddresses(detail) })
  }

  /** Cut off before the library can acknowledge what is not in the store: the server will repeat it. */
  #onUnwritten(error: unknown): void {
    const { message: detail } = error as Error
    const reason = error instanceof FencedError ? 'fenced' : 'internal-error'
    this.close({ reason, code: null, detail: withoutAddresses(detail) })
  }

  #say(words: (listener: SocketListener) => void): void {
    if (!this.#closed) words(this.#listener)
  }
}

/** Detail texts go to logs: runs of digits that could be a phone number do not. */
function withoutAddresses(detail: string): string {
  return detail.replace(/\+?\d{7,}/g, '[number]')
}

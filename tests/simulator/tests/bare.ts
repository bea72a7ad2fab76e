// Bare Baileys with no agent code: a socket on in-memory keys whose events a test can wait for, each wait with a deadline.
import {
  type AuthenticationCreds,
  type BaileysEventMap,
  BufferJSON,
  type ConnectionState,
  initAuthCreds,
  makeWASocket,
  type SignalDataTypeMap,
  type SignalKeyStore,
  type UserFacingSocketConfig,
  type WAMessage,
} from '@whiskeysockets/baileys'
import { silenceSignal } from '../people/console.ts'
import type { NewAccount } from '../types.ts'

silenceSignal()

export type Auth = { creds: AuthenticationCreds; keys: SignalKeyStore }
export type Socket = ReturnType<typeof makeWASocket>

export function memoryKeys(initial: Record<string, Record<string, unknown>> = {}): SignalKeyStore {
  const values = new Map<string, string>()
  const put = (type: string, id: string, value: unknown) => {
    if (value === null || value === undefined) values.delete(`${type} ${id}`)
    else values.set(`${type} ${id}`, JSON.stringify(value, BufferJSON.replacer))
  }
  for (const [type, group] of Object.entries(initial)) for (const id in group) put(type, id, group[id])
  return {
    get<T extends keyof SignalDataTypeMap>(type: T, ids: string[]) {
      const found: Record<string, SignalDataTypeMap[T]> = {}
      for (const id of ids) {
        const text = values.get(`${type} ${id}`)
        if (text !== undefined) found[id] = JSON.parse(text, BufferJSON.reviver)
      }
      return found
    },
    set(data) {
      for (const [type, group] of Object.entries(data)) for (const id in group) put(type, id, group[id])
    },
  }
}

export const revive = <T>(value: unknown): T => JSON.parse(JSON.stringify(value), BufferJSON.reviver) as T

export const authOf = (account: NewAccount): Auth => ({
  creds: revive<AuthenticationCreds>(account.creds),
  keys: memoryKeys(revive(account.keys)),
})

export const newAuth = (): Auth => ({ creds: initAuthCreds(), keys: memoryKeys() })

const nothing = () => undefined
const logger = {
  level: process.env.BAILEYS_LOG ?? 'silent',
  child: () => logger,
  trace: nothing,
  debug: nothing,
  info: nothing,
  warn: process.env.BAILEYS_LOG ? console.warn : nothing,
  error: process.env.BAILEYS_LOG ? console.error : nothing,
}

export class Bare {
  readonly sock: Socket
  readonly auth: Auth
  readonly updates: Partial<ConnectionState>[] = []
  readonly received: { message: WAMessage; type: string }[] = []
  readonly statuses: { id: string; status: number | null | undefined; stub: unknown }[] = []
  readonly acks: Record<string, string>[] = []
  readonly codes: string[] = []
  readonly #sent = new Map<string, { conversation: string }>()
  readonly #waiters = new Set<() => void>()

  constructor(url: string, auth: Auth, options: Partial<UserFacingSocketConfig> = {}) {
    this.auth = auth
    this.sock = makeWASocket({
      auth,
      waWebSocketUrl: url,
      logger: logger as never,
      connectTimeoutMs: 5000,
      keepAliveIntervalMs: 15_000,
      defaultQueryTimeoutMs: 5000,
      retryRequestDelayMs: 10,
      // By id alone: a retry receipt names the device, not the chat the message was sent to.
      getMessage: async ({ id }) => this.#sent.get(id ?? ''),
      ...options,
    })
    this.#on('creds.update', (update) => Object.assign(auth.creds, update))
    this.#on('connection.update', (update) => {
      this.updates.push(update)
      if (update.qr) this.codes.push(update.qr)
    })
    this.#on('messages.upsert', ({ messages, type }) => {
      for (const message of messages) {
        this.received.push({ message, type })
        if (message.key.fromMe) this.#status(message.key.id, message.status, message.messageStubParameters)
      }
    })
    this.#on('messages.update', (updates) => {
      for (const { key, update } of updates) this.#status(key.id, update.status, update.messageStubParameters)
    })
    this.sock.ws.on('CB:ack,class:message', ({ attrs }: { attrs: Record<string, string> }) => {
      this.acks.push(attrs)
      this.#wake()
    })
  }

  async until<T>(what: string, look: () => T | undefined | false | null, withinMs = 15_000): Promise<T> {
    const deadline = Date.now() + withinMs
    for (;;) {
      const found = look()
      if (found !== undefined && found !== false && found !== null) return found
      const left = deadline - Date.now()
      if (left <= 0) {
        const state = JSON.stringify({ updates: this.updates, acks: this.acks, statuses: this.statuses })
        throw new Error(`not within ${withinMs} ms: ${what}; ${state}`)
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Math.min(left, 50))
        this.#waiters.add(() => {
          clearTimeout(timer)
          resolve()
        })
      })
    }
  }

  open(): Promise<true> {
    return this.until('connection open', () => this.updates.some((update) => update.connection === 'open'))
  }

  closed(withinMs?: number): Promise<number | undefined> {
    return this.until(
      'connection close',
      () => {
        const update = this.updates.find((one) => one.connection === 'close')
        const error = update?.lastDisconnect?.error as { output?: { statusCode: number } } | undefined
        return update && { code: error?.output?.statusCode }
      },
      withinMs,
    ).then(({ code }) => code)
  }

  qr(number = 1): Promise<string> {
    return this.until(`QR code ${number}`, () => this.codes[number - 1])
  }

  acked(id: string): Promise<Record<string, string>> {
    return this.until(`ack of ${id}`, () => this.acks.find((ack) => ack.id === id))
  }

  status(id: string, wanted: number): Promise<unknown> {
    return this.until(`status ${wanted} of ${id}`, () =>
      this.statuses.find((one) => one.id === id && one.status === wanted),
    )
  }

  text(wanted: string): Promise<{ message: WAMessage; type: string }> {
    return this.until(`text ${wanted}`, () => this.received.find(({ message }) => textOf(message) === wanted))
  }

  texts(): string[] {
    return this.received
      .filter(({ message }) => !message.key.fromMe)
      .map(({ message }) => textOf(message) ?? '')
  }

  async send(phone: string, text: string, messageId?: string): Promise<string> {
    const options = messageId === undefined ? {} : { messageId }
    const sent = await this.sock.sendMessage(`${phone}@s.whatsapp.net`, { text }, options)
    const id = sent?.key.id ?? ''
    this.#sent.set(id, { conversation: text })
    return id
  }

  async end(): Promise<void> {
    await this.sock.end(undefined)
  }

  #on<E extends keyof BaileysEventMap>(event: E, handler: (value: BaileysEventMap[E]) => void): void {
    this.sock.ev.on(event, (value) => {
      handler(value)
      this.#wake()
    })
  }

  #status(id: string | null | undefined, status: number | null | undefined, stub: unknown): void {
    this.statuses.push({ id: id ?? '', status, stub })
  }

  #wake(): void {
    for (const waiter of [...this.#waiters]) waiter()
    this.#waiters.clear()
  }
}

export const textOf = ({ message }: WAMessage): string | undefined =>
  message?.conversation || message?.extendedTextMessage?.text || undefined

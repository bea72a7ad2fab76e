// One account's session: its state follows what its connections report, and it dials again only as the reconnect table allows.

import type { About } from '../events.ts'
import type { Code } from '../pairing/attempt.ts'
import type { PairingDesk } from '../pairing/desk.ts'
import { Turns } from '../store/turns.ts'
import type { PairingMethod, Reason, SessionState } from '../words.ts'
import { Connection, type ConnectionListener } from './connection.ts'
import { Credentials } from './credentials.ts'
import { Inbox } from './inbox.ts'
import { type Fruitless, PairingFlow } from './pairing-flow.ts'
import type { SessionParts } from './parts.ts'
import type { Close } from './reasons.ts'
import { type Verdict, verdictFor } from './reconnect.ts'
import { Restricted } from './restricted.ts'
import { Retries } from './retries.ts'
import { Sends } from './sends.ts'
import type { SessionSnapshot } from './snapshot.ts'
import { type Outgoing, SendError } from './socket.ts'
import { StateKeeper } from './state-keeper.ts'

export class Session {
  readonly account: string
  #parts: SessionParts
  #about: About
  #states: StateKeeper
  #connection: Connection | null = null
  #credentials: Credentials
  #sends: Sends
  #inbox: Inbox
  #restricted: Restricted
  #retries: Retries
  #pairing: PairingFlow
  #stops = 0
  #restarts = new Turns()
  #openedAt: number | null = null
  #wasOpen = false
  #lastDisconnect: SessionSnapshot['lastDisconnect'] = null
  #lastEvidenceAt: number | null = null

  constructor(account: string, epoch: number, parts: SessionParts) {
    this.account = account
    this.#parts = parts
    this.#about = { account, epoch }
    this.#states = new StateKeeper(parts.bus, this.#about)
    this.#credentials = new Credentials(parts.bus, this.#about, parts.phone, parts.loadAuth)
    this.#sends = new Sends(parts.bus, this.#about, parts.settings.sendDeadlineMs)
    this.#inbox = new Inbox(parts.bus, this.#about, parts.onInbound, parts.keepInbound, parts.swallow)
    this.#restricted = new Restricted(
      parts.bus,
      this.#about,
      this.#states,
      () => this.#connection?.socket ?? null,
    )
    this.#retries = new Retries(parts.bus, this.#about, parts.settings.backoff, parts.random)
    const { regenerations, typedCodeLifeMs } = parts.settings
    this.#pairing = new PairingFlow({
      bus: parts.bus,
      about: this.#about,
      settings: { regenerations, window: parts.pairingWindow, codeLifeMs: typedCodeLifeMs },
      phone: parts.phone,
      windowOver: () => this.#windowOver(),
      connection: () => this.#connection,
    })
  }

  get pairing(): PairingDesk {
    return this.#pairing.desk
  }

  get state(): SessionState {
    return this.#states.state
  }

  get snapshot(): SessionSnapshot {
    const { state, since, connected: open } = this.#states
    return {
      account: this.account,
      state,
      since,
      up: open && (this.#connection?.watch?.fresh ?? false),
      openedAt: open ? this.#openedAt : null,
      lastEvidenceAt: this.#lastEvidenceAt,
      lastDisconnect: this.#lastDisconnect,
      restriction: this.#restricted.current,
      retryAt: this.#retries.at,
      askable: state === 'waiting' && this.#pairing.askable,
      nextLookAt: open ? (this.#connection?.watch?.nextLookAt ?? null) : null,
      withheld: (open ? this.#connection?.watch?.withheld : undefined) ?? { count: 0, ms: 0 },
      inFlight: this.#sends.inFlight,
    }
  }

  /** Dials. Refused by IllegalTransition where the session is open or pairing already. */
  start(reason: Reason): void {
    this.#states.move('start', reason)
    // A session that dials already starts over: it never has two connections.
    this.#hangUp()
    this.#retries.forget()
    this.#dial()
  }

  /**
   * Starts over by hand: worthless credentials are thrown away, good ones are kept. Resolves when dialling begins; rejects as the store
   * does, and then nothing has changed.
   * @param method what to show where it must be paired
   */
  restart(method: PairingMethod = 'qr'): Promise<void> {
    // One at a time: the credentials that one throws away must not be those that another has begun to pair with.
    const stops = this.#stops
    return this.#restarts.take(() => this.#restart(method, stops))
  }

  async #restart(method: PairingMethod, stops: number): Promise<void> {
    // Only what WhatsApp has ended or what is not ours is worthless: an outdated client keeps good credentials.
    const last = this.#lastDisconnect?.reason
    const ended = this.state === 'failed' && (last === 'banned' || last === 'wrong-phone')
    // First, while nothing is dialled in these states: where it fails, all is as it was.
    if (this.state === 'logged-out' || ended) await this.#credentials.reset()
    // Who stopped it meanwhile meant it.
    if (this.#stops !== stops) return
    this.pairing.startOver(method)
    this.#hangUp()
    if (this.state !== 'stopped') this.#states.move('stop', 'asked')
    this.start('asked')
  }

  /** Ends the connection and every wait. Resolves when what was written is durable. Never rejects. */
  async stop(): Promise<void> {
    this.#stops += 1
    this.pairing.end('aborted')
    this.#states.move('stop', 'asked')
    this.#hangUp()
    // First what was being decrypted, then what it became, and then what need not be remembered any longer.
    await this.#credentials.flush()
    await this.#inbox.flush()
    await this.#credentials.end()
  }

  /**
   * The code to show now; a session that waits because nobody looked takes the asking as its start. Null: ask again soon, or,
   * where the snapshot says that it is not askable, not before a reset.
   */
  viewCode(): Code | null {
    if (this.state === 'waiting' && this.#pairing.askable) this.start('asked')
    return this.pairing.view()
  }

  /** Sends a text; resolves with the milliseconds until the server's acknowledgement. Rejects with SendError. */
  send(message: Outgoing): Promise<number> {
    const { socket, watch } = this.#connection ?? {}
    if (!socket || !watch) {
      const { messageId } = message
      this.#parts.bus.emit('message.failed', { messageId, code: 'not-open', outcome: 'failed' }, this.#about)
      return Promise.reject(new SendError('not-open', 'failed'))
    }
    return this.#sends.send(socket, watch, message)
  }

  /** Another process has taken the account: lets go of it at once. */
  fence(): void {
    const detail = 'the account has another owner now'
    this.#connection?.close({ reason: 'fenced', code: null, detail })
  }

  /** Asks the server for a sign of life now. False where there is none, or no open connection. */
  async probe(): Promise<boolean> {
    return (await this.#connection?.watch?.probe('manual')) ?? false
  }

  #dial(): void {
    this.#retries.cancel()
    const { bus, limiter, openSocket, settings } = this.#parts
    // What was sent a moment ago is here; what was sent by an earlier run is in the store.
    const textOf = async (messageId: string): Promise<string | undefined> =>
      this.#sends.textOf(messageId) ?? this.#parts.textOf?.(messageId)
    const codeLifeMs = this.#pairing.codeLifeMs ?? settings.codeLifeMs
    const context = {
      bus,
      about: this.#about,
      limiter,
      openSocket,
      textOf,
      settings: { ...settings, codeLifeMs },
    }
    const connection = new Connection(
      { ...context, attempt: this.#retries.failures, reconnect: this.#wasOpen },
      this.#connectionListener(),
    )
    this.#connection = connection
    void connection.dial(() => this.#credentials.prepare())
  }

  #connectionListener(): ConnectionListener {
    return {
      evidence: () => {
        this.#lastEvidenceAt = Date.now()
      },
      code: (code, lifeMs) => {
        this.#pairing.codeArrived(code, lifeMs)
        this.#states.move('code', 'code-issued')
      },
      paired: () => {
        this.#retries.forget()
        this.pairing.scanned()
      },
      opened: () => {
        this.#openedAt = Date.now()
        this.#wasOpen = true
        this.#states.move('open', 'opened')
        this.#restricted.reopened()
        this.pairing.settled()
      },
      restriction: (restriction) => this.#restricted.heard(restriction),
      received: (message, handing) => this.#inbox.take(message, handing),
      undecryptable: (messageId) => this.#inbox.undecryptable(messageId),
      ack: (messageId, refusal) => {
        this.#sends.answered(messageId, refusal, this.#connection?.watch ?? null)
        if (refusal === 463) this.#restricted.refused()
      },
      receipt: (messageId, kind) => this.#sends.receipt(messageId, kind),
      closed: (close) => this.#onClosed(close),
    }
  }

  #hangUp(): void {
    this.#retries.cancel()
    this.#connection?.close({ reason: 'asked', code: null, detail: 'closed by the agent' })
    this.#connection = null
  }

  #onClosed(close: Close): void {
    const openForMs = this.#connection?.watch && this.#openedAt !== null ? Date.now() - this.#openedAt : 0
    this.#connection = null
    this.#restricted.closed()
    // Its codes died with it.
    this.pairing.withdraw()
    this.#sends.connectionClosed()
    if (close.reason === 'asked') return
    this.#lastDisconnect = { at: Date.now(), reason: close.reason, code: close.code }
    if (openForMs >= this.#parts.settings.stableAfterMs) this.#retries.forget()
    if (close.reason === 'passkey-required') this.pairing.end('passkey')
    this.#obey(verdictFor(close.reason), close.reason)
  }

  #obey(verdict: Verdict, reason: Reason): void {
    if (verdict.do === 'retry') this.#retry(verdict.delay, reason)
    else if (verdict.do === 'pair-again') this.#pairAgain(reason as Fruitless)
    else {
      this.pairing.end('refused')
      this.#pairing.askable = false
      this.#states.move(verdict.do, reason)
    }
  }

  /** The window ended between two connections. */
  #windowOver(): void {
    if (this.state !== 'connecting') return
    this.#retries.cancel()
    this.#pairAgain('window-expired')
  }

  #pairAgain(reason: Fruitless): void {
    const next = this.#pairing.after(reason)
    if (next === 'wait') return void this.#states.move('wait', reason)
    // A new attempt is bounded by the allowance; codes of the same one that end again and again are bounded by the back-off.
    if (next === 'begin') this.#retries.forget()
    this.#retry('now', reason)
  }

  #retry(delay: 'now' | 'backoff' | 'cap', reason: Reason): void {
    this.#states.move('retry', reason)
    this.#retries.schedule(delay, reason, () => this.#dial())
  }
}

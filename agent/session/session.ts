// One account's session: its state follows what its connections report, and it dials again only as the reconnect table allows.

import type { About } from '../events.ts'
import type { Code } from '../pairing/attempt.ts'
import { PairingDesk } from '../pairing/desk.ts'
import type { Reason, SessionState } from '../words.ts'
import { Connection, type ConnectionListener } from './connection.ts'
import { Credentials } from './credentials.ts'
import { Inbox } from './inbox.ts'
import type { SessionParts } from './parts.ts'
import type { Close } from './reasons.ts'
import { type Verdict, verdictFor } from './reconnect.ts'
import { RestrictionWatch } from './restriction-watch.ts'
import { Retries } from './retries.ts'
import { Sends } from './sends.ts'
import type { SessionSnapshot } from './snapshot.ts'
import { type Outgoing, SendError } from './socket.ts'
import { StateKeeper } from './state-keeper.ts'

export class Session {
  readonly account: string
  readonly pairing: PairingDesk
  #parts: SessionParts
  #about: About
  #states: StateKeeper
  #connection: Connection | null = null
  #credentials: Credentials
  #sends: Sends
  #inbox: Inbox
  #restriction: RestrictionWatch
  #retries: Retries
  /** While it waits: whether somebody who asks for a code is enough, or only a reset starts it again. */
  #askable = false
  #stops = 0
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
    this.pairing = new PairingDesk(parts.bus, this.#about, parts.settings.regenerations)
    this.#sends = new Sends(parts.bus, this.#about, parts.settings.sendDeadlineMs)
    this.#inbox = new Inbox(parts.bus, this.#about, parts.onInbound)
    this.#restriction = new RestrictionWatch(() => this.#connection?.socket ?? null)
    this.#retries = new Retries(parts.bus, this.#about, parts.settings.backoff, parts.random)
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
      restriction: this.#restriction.current,
      retryAt: this.#retries.at,
      askable: state === 'waiting' && this.#askable,
      nextLookAt: open ? (this.#connection?.watch?.nextLookAt ?? null) : null,
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

  /** Starts over by hand: worthless credentials are thrown away, good ones are kept. Resolves when dialling begins. */
  async restart(): Promise<void> {
    const stops = this.#stops
    // Only what WhatsApp has ended or what is not ours is worthless: an outdated client keeps good credentials.
    const last = this.#lastDisconnect?.reason
    const worthless = this.state === 'logged-out' || last === 'banned' || last === 'wrong-phone'
    this.pairing.startOver()
    this.#hangUp()
    if (this.state !== 'stopped') this.#states.move('stop', 'asked')
    if (worthless) await this.#credentials.reset()
    // Who stopped it meanwhile meant it.
    if (this.#stops === stops) this.start('asked')
  }

  /** Ends the connection and every wait. Resolves when what was written is durable. Never rejects. */
  async stop(): Promise<void> {
    this.#stops += 1
    this.pairing.end('aborted')
    this.#states.move('stop', 'asked')
    this.#hangUp()
    await this.#credentials.flush()
  }

  /**
   * The code to show now; a session that waits because nobody looked takes the asking as its start. Null: ask again soon, or,
   * where the snapshot says that it is not askable, not before a reset.
   */
  viewCode(): Code | null {
    if (this.state === 'waiting' && this.#askable) this.start('asked')
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
    const textOf = (messageId: string): string | undefined => this.#sends.textOf(messageId)
    const context = { bus, about: this.#about, limiter, openSocket, textOf, settings }
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
        this.pairing.codeArrived(code, lifeMs)
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
        this.#restrictAgain()
      },
      restriction: (restriction) => this.#restrict(restriction?.kind ?? null, restriction?.untilMs ?? null),
      received: (message) => this.#inbox.take(message),
      undecryptable: (messageId) => this.#inbox.undecryptable(messageId),
      ack: (messageId, refusal) => {
        this.#sends.answered(messageId, refusal, this.#connection?.watch ?? null)
        if (refusal === 463) {
          // The library stays silent about this refusal: believe it at once, then ask what WhatsApp says of the account.
          if (!this.#restriction.current) this.#restrict('reachout-timelock', null)
          this.#restriction.check()
        }
      },
      receipt: (messageId, kind) => this.#sends.receipt(messageId, kind),
      closed: (close) => this.#onClosed(close),
    }
  }

  #restrict(kind: string | null, untilMs: number | null): void {
    const input = kind === null ? 'lift' : 'restrict'
    if (!this.#states.accepts(input)) return
    if (!this.#restriction.update(kind === null ? null : { kind, untilMs })) return
    if (kind === null) this.#parts.bus.emit('session.restriction-lifted', {}, this.#about)
    else this.#parts.bus.emit('session.restricted', { kind, untilMs }, this.#about)
    this.#states.move(input, kind === null ? 'restriction-lifted' : 'reachout-timelock')
  }

  /** A restriction outlives the connection on which it was learned. */
  #restrictAgain(): void {
    if (!this.#restriction.current) return
    this.#states.move('restrict', 'reachout-timelock')
    this.#restriction.check()
  }

  #hangUp(): void {
    this.#retries.cancel()
    this.#connection?.close({ reason: 'asked', code: null, detail: 'closed by the agent' })
    this.#connection = null
  }

  #onClosed(close: Close): void {
    const openForMs = this.#connection?.watch && this.#openedAt !== null ? Date.now() - this.#openedAt : 0
    this.#connection = null
    this.#restriction.stop()
    this.#sends.connectionClosed()
    if (close.reason === 'asked') return
    this.#lastDisconnect = { at: Date.now(), reason: close.reason, code: close.code }
    if (openForMs >= this.#parts.settings.stableAfterMs) this.#retries.forget()
    if (close.reason === 'passkey-required') this.pairing.end('passkey')
    this.#obey(verdictFor(close.reason), close.reason)
  }

  #obey(verdict: Verdict, reason: Reason): void {
    if (verdict.do === 'retry') this.#retry(verdict.delay, reason)
    else if (verdict.do === 'pair-again') this.#pairAgain(reason)
    else {
      this.pairing.end('refused')
      this.#askable = false
      this.#states.move(verdict.do, reason)
    }
  }

  #pairAgain(reason: Reason): void {
    const viewed = this.pairing.attempt?.viewed ?? false
    if (this.pairing.expired() === 'regenerate') {
      // Somebody is looking, and the allowance bounds how often this happens.
      this.#retries.forget()
      this.#retry('now', reason)
    } else {
      // Whoever watched all the attempts that are allowed and did not scan must say that they want more.
      this.#askable = !viewed
      this.#states.move('wait', reason)
    }
  }

  #retry(delay: 'now' | 'backoff' | 'cap', reason: Reason): void {
    this.#states.move('retry', reason)
    this.#retries.schedule(delay, reason, () => this.#dial())
  }
}

// All accounts of this process: the only place that starts and stops sessions, and where an account is found by id or phone.

import type { Bus } from '../events.ts'
import { ConnectLimiter } from '../session/connect-limiter.ts'
import type { KeepInbound, OnInbound, Swallow } from '../session/inbox.ts'
import type { SessionParts, SessionSettings } from '../session/parts.ts'
import { Session } from '../session/session.ts'
import type { AuthState, OpenSocket } from '../session/socket.ts'
import type { AccountView, FleetView } from '../telemetry/state-gauges.ts'
import { takeBack } from './take-back.ts'

/** An account as configured. */
export interface Account {
  id: string
  /** E.164 with its plus sign. */
  phone: string
  pool: string
  role: 'primary' | 'backup'
  /** 1 to 100, lower first. */
  priority: number
  /** 0.1 to 100. */
  weight: number
  region: string
}

/** An account, the epoch under which this process owns it, and its session. */
export interface Member {
  account: Account
  epoch: number
  session: Session
}

export interface FleetParts {
  bus: Bus
  connectConcurrency: number
  settings: SessionSettings
  openSocket: OpenSocket
  loadAuth(account: string, epoch: number): Promise<AuthState>
  /** How long an attempt to pair the account may take, after so many regenerations in a row. */
  pairingWindow(account: string, inARow: number): { windowMs: number; source: string }
  /** Takes the account for this process; answers the epoch. */
  own(account: string): Promise<number>
  onInbound: OnInbound
  keepInbound?: KeepInbound
  textOf?: NonNullable<SessionParts['textOf']>
  /** Takes out Linda's own test messages, before anything else. */
  swallow?: Swallow
  /** Uniform in [0, 1). */
  random(): number
  /** Longest time before a session that was taken from us is taken back, in milliseconds. */
  takeBackWithinMs: number
}

export class Fleet implements FleetView {
  #parts: FleetParts
  #limiter: ConnectLimiter
  #members = new Map<string, Member>()
  #byPhone = new Map<string, Member>()
  #replacedAt = new Map<string, number[]>()
  /** Accounts that another process has taken from this one. */
  #lost = new Set<string>()
  #timers = new Set<NodeJS.Timeout>()

  constructor(parts: FleetParts) {
    this.#parts = parts
    this.#limiter = new ConnectLimiter(parts.connectConcurrency)
    parts.bus.on('session.state-changed', ({ account, to }) => {
      if (to === 'replaced' && account) this.#onReplaced(account)
    })
    parts.bus.on('store.write-fenced', ({ account }) => {
      if (!account) return
      this.#lost.add(account)
      this.#members.get(account)?.session.fence()
    })
  }

  /** Owns every account and starts its session; the sessions take turns to connect. Rejects when the store does. */
  async start(accounts: readonly Account[]): Promise<void> {
    for (const account of accounts) {
      const epoch = await this.#parts.own(account.id)
      const { loadAuth, pairingWindow } = this.#parts
      const parts: SessionParts = {
        ...this.#parts,
        limiter: this.#limiter,
        phone: account.phone,
        pairingWindow: (inARow) => pairingWindow(account.id, inARow),
        loadAuth: () => loadAuth(account.id, epoch),
      }
      const member = { account, epoch, session: new Session(account.id, epoch, parts) }
      this.#members.set(account.id, member)
      this.#byPhone.set(account.phone.replace(/^\+/, ''), member)
    }
    for (const { session } of this.#members.values()) session.start('started')
  }

  /** Stops every session; answers how many. Never rejects. */
  async stop(): Promise<number> {
    for (const timer of this.#timers) clearTimeout(timer)
    const members = this.members()
    await Promise.all(members.map(({ session }) => session.stop()))
    return members.length
  }

  /** @param key an account id, or a phone with or without its plus sign */
  find(key: string): Member | undefined {
    return this.#members.get(key) ?? this.#byPhone.get(key.replace(/^\+/, ''))
  }

  members(): Member[] {
    return [...this.#members.values()]
  }

  accounts(): AccountView[] {
    return this.members().map(({ account, epoch, session }) => ({ ...account, epoch, ...session.snapshot }))
  }

  connects(): { opening: number; waiting: number; limit: number } {
    const { opening, waiting } = this.#limiter
    return { opening, waiting, limit: this.#parts.connectConcurrency }
  }

  #onReplaced(id: string): void {
    const member = this.#members.get(id)
    if (!member) return
    const now = Date.now()
    const replacedAt = [...(this.#replacedAt.get(id) ?? []), now].slice(-10)
    this.#replacedAt.set(id, replacedAt)
    if (!takeBack({ replacedAt, now, owned: !this.#lost.has(id) })) return
    const timer = setTimeout(
      () => {
        this.#timers.delete(timer)
        if (member.session.state === 'replaced') member.session.start('asked')
      },
      this.#parts.takeBackWithinMs * (0.5 + this.#parts.random() / 2),
    )
    this.#timers.add(timer)
  }
}

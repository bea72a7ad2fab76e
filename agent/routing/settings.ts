// What was changed at run time wins over the configuration until it is taken back: one transaction with its audit row, the same on every node.

import type { Bus } from '../events.ts'
import { type Author, append } from '../store/audit.ts'
import type { Queryable, Sql } from '../store/sql.ts'
import type { AccountMode, StrategyName } from '../words.ts'
import {
  channel,
  holdMode,
  modeIn,
  nothingSet,
  type RoutingSnapshot,
  readSettings,
  writeMode,
  writeSetting,
} from './settings-rows.ts'
import { isTakenOut } from './taken-out.ts'

/** What is configured, for what is not set. */
export interface Configured {
  strategy(pool: string): StrategyName
  account(account: string): { pool: string; weight: number; priority: number }
}

/** A notification may get lost: what the others changed is looked for so often too, in milliseconds. */
const POLL_EVERY_MS = 5_000

/** What failovers do to modes. */
export interface Failovers {
  /** Whether one of the account is under way, as the transaction sees it. */
  moving(tx: Queryable, account: string): Promise<boolean>
  /** Whether one has put the account in service for now, by the words of its mode. */
  lent(why: string): boolean
}

const noFailovers: Failovers = { moving: async () => false, lent: () => false }

type Changes = { weight?: number | null; priority?: number | null }

interface Told {
  what: 'strategy' | 'weight' | 'priority'
  pool: string | null
  from: string | number
  to: string | number
}

export class RoutingBook {
  #sql: Sql
  #bus: Bus
  #configured: Configured
  #failovers: Failovers
  #snapshot: RoutingSnapshot = nothingSet
  #heard = new Set<() => void>()
  #reading: Promise<void> = Promise.resolve()
  #waiting: Promise<void> | null = null

  constructor(sql: Sql, bus: Bus, configured: Configured, failovers: Failovers = noFailovers) {
    this.#sql = sql
    this.#bus = bus
    this.#configured = configured
    this.#failovers = failovers
  }

  /** As last read; replaced as a whole, never changed. */
  get snapshot(): RoutingSnapshot {
    return this.#snapshot
  }

  strategy(pool: string): StrategyName {
    return this.#snapshot.strategies.get(pool) ?? this.#configured.strategy(pool)
  }

  mode(account: string): AccountMode {
    return this.#snapshot.modes.get(account)?.mode ?? 'up'
  }

  /** Called after each replacement of the snapshot; answers the function that ends it. */
  onChange(listener: () => void): () => void {
    this.#heard.add(listener)
    return () => this.#heard.delete(listener)
  }

  /** Reads, listens and polls; answers the function that ends it. Rejects with StoreError when the first reading does. */
  async start(): Promise<() => Promise<void>> {
    await this.reload()
    // A failure is said by the store; the settings stay as they were.
    const look = (): void => void this.reload().catch(() => {})
    const deaf = await this.#sql.listen(channel, look)
    const timer = setInterval(look, POLL_EVERY_MS)
    timer.unref()
    return async () => {
      clearInterval(timer)
      await deaf()
      await this.#reading.catch(() => {})
    }
  }

  /** Resolves when what had been committed before the call is in the snapshot. Rejects with StoreError. */
  reload(): Promise<void> {
    // One that has begun may have missed what the caller means; one that has not yet is good for everybody who asks meanwhile.
    this.#waiting ??= this.#reading
      .catch(() => {})
      .then(() => {
        this.#waiting = null
        return this.#read()
      })
    this.#reading = this.#waiting
    return this.#waiting
  }

  /** Null takes it back to what is configured. Rejects with StoreError. */
  async setStrategy(pool: string, strategy: StrategyName | null, author: Author): Promise<void> {
    await this.#change(async (tx, now) => {
      const before = await writeSetting(tx, { scope: 'pool', id: pool, name: 'strategy' }, strategy, now)
      const configured = this.#configured.strategy(pool)
      const told: Told = { what: 'strategy', pool, from: before ?? configured, to: strategy ?? configured }
      const what = strategy === null ? 'strategy.taken-back' : 'strategy.set'
      await this.#note(tx, author, { what, pool, account: null, data: { from: told.from, to: told.to } }, now)
      return () => this.#bus.emit('routing.changed', { ...told, who: author.who })
    })
  }

  /** A number sets it, null takes it back, absent leaves it. Rejects with StoreError. */
  async setAccount(account: string, changes: Changes, author: Author): Promise<void> {
    await this.#change(async (tx, now) => {
      const configured = this.#configured.account(account)
      const told: (Told & { what: 'weight' | 'priority' })[] = []
      for (const what of ['weight', 'priority'] as const) {
        const value = changes[what]
        if (value === undefined) continue
        const text = value === null ? null : String(value)
        const before = await writeSetting(tx, { scope: 'account', id: account, name: what }, text, now)
        const from = before === null ? configured[what] : Number(before)
        told.push({ what, pool: configured.pool, from, to: value ?? configured[what] })
      }
      const { pool } = configured
      for (const { what, from, to } of told) {
        const name = changes[what] === null ? `${what}.taken-back` : `${what}.set`
        await this.#note(tx, author, { what: name, pool, account, data: { from, to } }, now)
      }
      return () => {
        for (const each of told) this.#bus.emit('routing.changed', { ...each, who: author.who }, { account })
      }
    })
  }

  /**
   * False where a failover of the account is under way, which must not find it sending again.
   * @param why a person's reason, without phone numbers. Rejects with StoreError.
   */
  async setMode(account: string, mode: AccountMode, why: string, author: Author): Promise<boolean> {
    let set = true
    await this.#change(async (tx, now) => {
      const is = await modeIn(tx, account)
      // Said again without a reason, it is what it was, for the reason that was given; unless that was a failover's, which would take it back.
      if (why === '' && is.mode === mode && !this.#failovers.lent(is.why)) return () => {}
      // Held first: a failover that begins from here on fences after this, one that has fenced is seen.
      await holdMode(tx, account, now)
      set = isTakenOut(mode) || !(await this.#failovers.moving(tx, account))
      if (!set) return () => {}
      const from = await writeMode(tx, account, mode, why, now)
      const { pool } = this.#configured.account(account)
      await this.#note(tx, author, { what: 'mode.set', pool, account, data: { from, to: mode, why } }, now)
      return () =>
        this.#bus.emit('account.mode-changed', { from, to: mode, why, who: author.who }, { account })
    })
    return set
  }

  /** `work` may run more than once; what it answers is called after the commit. */
  async #change(work: (tx: Queryable, now: number) => Promise<() => void>): Promise<void> {
    // Serial, so that what it says it was before is what it was; people do this, so it is rare.
    const tell = await this.#sql.transaction(
      async (tx) => {
        const said = await work(tx, Date.now())
        await tx.notify(channel, '')
        return said
      },
      { serial: true },
    )
    // It is done and kept, also where the store goes away before it is read back: the next look finds it.
    await this.reload().catch(() => {})
    tell()
  }

  async #note(
    tx: Queryable,
    { who, origin }: Author,
    entry: { what: string; pool: string | null; account: string | null; data: Record<string, unknown> },
    now: number,
  ): Promise<void> {
    await append(tx, { ...entry, who, origin, outcome: 'done' }, now)
  }

  async #read(): Promise<void> {
    const read = await readSettings(this.#sql)
    if (read.fingerprint === this.#snapshot.fingerprint) return
    this.#snapshot = read
    for (const listener of this.#heard) listener()
  }
}

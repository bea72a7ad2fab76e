// Failovers as a whole: begun by faults or by people, listed, cleared, switched off; the one door for the API and the agent.

import type { FailoverConfig } from '../../config/schema.ts'
import type { Secret } from '../../config/secret.ts'
import type { Bus } from '../../events.ts'
import type { Tell } from '../../outbox/transfer.ts'
import type { Candidate } from '../../routing/candidate.ts'
import type { RoutingBook } from '../../routing/settings.ts'
import { channel, writeMode, writeSetting } from '../../routing/settings-rows.ts'
import { append } from '../../store/audit.ts'
import type { Queryable, Sql } from '../../store/sql.ts'
import { makeHooks } from './hooks.ts'
import { FailoverKeeper } from './keeper.ts'
import { isByPerson, isLent, isParked, modeOf } from './modes.ts'
import { type Failover, type FailoverQuery, findFailover, listFailovers, openFailovers } from './rows.ts'
import { Runner } from './runner.ts'
import { FailoverWatch, type Watched } from './watch.ts'

export interface DeskParts {
  bus: Bus
  sql: Sql
  node: string
  config: FailoverConfig
  /** Of the hooks; none where they are not signed. */
  secrets: readonly Secret[]
  graceMs: number
  book: RoutingBook
  candidates(pool: string): readonly Candidate[]
  /** Whether the agent may fail over by itself in this pool. */
  automatic(pool: string): boolean
  members(): Iterable<Watched>
  alive(account: string): Promise<boolean>
  wake(account: string): void
  /** Tells webhooks of messages that are parked, in the transaction that parks them. */
  tell?: Tell | undefined
}

/** A person's wish for a failover. */
export interface Wish {
  pool: string
  from: string
  to: string | null
  kind: 'planned' | 'forced'
  who: string
  origin: string
}

/** What a step takes at most beside waiting for others, in milliseconds. */
const BESIDE_MS = 60_000

export class FailoverDesk {
  #parts: DeskParts
  #runner: Runner
  #watch: FailoverWatch
  #keeper: FailoverKeeper

  constructor(parts: DeskParts) {
    this.#parts = parts
    const { bus, sql, node, config, book, candidates, secrets, graceMs, alive, wake, members, tell } = parts
    const { activationMs, drainMs, damping, policy, returns } = config
    this.#runner = new Runner({
      bus,
      sql,
      node,
      candidates,
      alive,
      wake,
      modesChanged: () => book.reload(),
      hooks: makeHooks(config.hooks, secrets),
      tell,
      settings: { activationMs, drainMs, graceMs, damping },
    })
    this.#watch = new FailoverWatch({
      bus,
      runner: this.#runner,
      members,
      policy,
      returns,
      longestOutMs: damping.capMs,
      mode: (account) => {
        const { blockedUntil = 0, why = '' } = book.snapshot.modes.get(account) ?? {}
        return {
          mode: book.mode(account),
          blockedUntil,
          parked: isParked(why),
          byPerson: isByPerson(why),
        }
      },
      off: (pool) => this.#off(pool),
      able: (pool) =>
        candidates(pool)
          .filter(({ usable, mode }) => usable && mode !== 'maintenance' && mode !== 'draining')
          .map(({ account }) => account),
      putBack: (account, pool) => this.#putBack(account, pool),
    })
    this.#keeper = new FailoverKeeper({
      sql,
      holds: (account) => this.#held().has(account),
      resume: (f) => this.#runner.resume([f], () => true),
      patienceMs: Math.max(drainMs, activationMs) + BESIDE_MS,
    })
  }

  /** Automatic failover is on, as far as this fleet is concerned; a pool may still be manual. */
  get enabled(): boolean {
    return this.#parts.config.automatic === 'on' && !this.#parts.book.snapshot.failoverOff
  }

  /** Failovers under way here. */
  get running(): number {
    return this.#runner.size
  }

  /** Failovers under way anywhere: as last counted in the store, and at least those under way here. */
  get open(): number {
    return Math.max(this.#keeper.open, this.running)
  }

  /** Goes on with what is open and begins to watch; answers the function that ends it. Rejects with StoreError. */
  async start(): Promise<() => Promise<void>> {
    const { sql, bus } = this.#parts
    const held = this.#held()
    this.#runner.resume(await openFailovers(sql), (account) => held.has(account))
    const stopWatch = this.#watch.start()
    const stopKeeper = this.#keeper.start()
    const stop = async (): Promise<void> => {
      stopWatch()
      await Promise.all([stopKeeper(), this.#runner.stop()])
    }
    // Before the sessions stop: their silence says nothing of the accounts, and what is open must find them again as they were.
    const leave = bus.on('agent.stopping', () => void stop())
    return () => {
      leave()
      return stop()
    }
  }

  /** Null where one of this account is under way. Rejects with StoreError. */
  wish({ pool, from, to, kind, who, origin }: Wish): Promise<Failover | null> {
    const now = Date.now()
    return this.#runner.start({
      pool,
      account: from,
      kind,
      cause: 'asked',
      hard: true,
      to,
      faultAt: now,
      who,
      origin,
      epoch: null,
    })
  }

  list(query: FailoverQuery): Promise<Failover[]> {
    return listFailovers(this.#parts.sql, query)
  }

  find(id: string): Promise<Failover | null> {
    return findFailover(this.#parts.sql, id)
  }

  /** An account that was taken out of the configuration: its work still stands in the store. Null where there never was one. */
  async retired(account: string): Promise<{ account: string; pool: string } | null> {
    const [row] = await this.#parts.sql.query<{ account: string; pool: string }>(
      'SELECT id AS account, pool FROM account WHERE id = $1 AND retired = 1',
      [account],
    )
    return row ?? null
  }

  /**
   * A person has seen to it: the account is in service again, and its next failover counts as the first. False where one is under way,
   * which must not find its account sending again. Rejects with StoreError.
   */
  async clear(account: string, pool: string, who: string, origin: string): Promise<boolean> {
    const change = { from: 'out', to: 'up', why: 'cleared by a person' } as const
    const cleared = await this.#change(async (tx, now) => {
      // Holds the mode: one that begins from here on fences after this, one that has fenced is seen.
      const { mode, why } = await modeOf(tx, account)
      if ((await openFailovers(tx, account)).length > 0) return null
      await tx.query('UPDATE account_mode SET failovers = 0, blocked_until = 0 WHERE account = $1', [account])
      // Whoever has put it in service for now may not take it out again.
      if (mode === 'out' || isLent(why)) await writeMode(tx, account, 'up', change.why, now)
      const entry = { who, pool, account, origin, outcome: 'done' }
      await append(tx, { ...entry, what: 'failover.clear', data: {} }, now)
      if (mode === 'out') await append(tx, { ...entry, what: 'mode.set', data: change }, now)
      return mode
    })
    if (cleared === 'out') this.#parts.bus.emit('account.mode-changed', { ...change, who }, { account })
    return cleared !== null
  }

  /** Switches automatic failover of the whole fleet off or on, on every node. Rejects with StoreError. */
  async switch(to: 'on' | 'off', who: string, origin: string): Promise<void> {
    await this.#change(async (tx, now) => {
      const value = to === 'off' ? 'off' : null
      const from = await writeSetting(tx, { scope: 'fleet', id: 'failover', name: 'automatic' }, value, now)
      const data = { from: from ?? 'on', to }
      await append(
        tx,
        { who, what: 'failover.switch', pool: null, account: null, origin, outcome: 'done', data },
        now,
      )
    })
  }

  /** It is well again. A person may have decided otherwise since that was seen: only what is still out comes back. */
  async #putBack(account: string, pool: string): Promise<void> {
    const { node, bus } = this.#parts
    const change = { from: 'out', to: 'up', why: 'it is well again' } as const
    const back = await this.#change(async (tx, now) => {
      const { mode, why } = await modeOf(tx, account)
      if (mode !== 'out' || isByPerson(why) || (await openFailovers(tx, account)).length > 0) return false
      await writeMode(tx, account, 'up', change.why, now)
      const entry = {
        who: 'linda',
        what: 'mode.set',
        pool,
        account,
        origin: node,
        outcome: 'done',
        data: change,
      }
      await append(tx, entry, now)
      return true
    })
    if (back) bus.emit('account.mode-changed', { ...change, who: 'linda' }, { account })
  }

  #held(): Set<string> {
    return new Set([...this.#parts.members()].map(({ account }) => account))
  }

  #off(pool: string): string | null {
    const { config, book, automatic } = this.#parts
    if (config.automatic === 'off') return 'failover.automatic is off'
    if (book.snapshot.failoverOff) return 'a person switched it off'
    return automatic(pool) ? null : 'the pool is failed over by people only'
  }

  async #change<T>(work: (tx: Queryable, now: number) => Promise<T>): Promise<T> {
    const done = await this.#parts.sql.transaction(async (tx) => {
      const result = await work(tx, Date.now())
      await tx.notify(channel, '')
      return result
    })
    await this.#parts.book.reload()
    return done
  }
}

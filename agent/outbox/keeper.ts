// Looks after the outbox every second: wakes who has work, lets time do its part, counts what is open, and forgets what is old.

import type { Sql } from '../store/sql.ts'
import { pruneInbound } from './inbound.ts'
import { leave, leftAccounts } from './leaving.ts'
import type { Outbox } from './outbox.ts'
import type { Placed } from './placing.ts'
import type { Route } from './route.ts'
import type { Telling } from './telling.ts'
import { unpark } from './unpark.ts'
import { expire, hold, type Live, prune, release, STEP, survey } from './upkeep.ts'

const TICK_MS = 1_000
/** A look that takes long is repeated less often: no more than a twentieth of the time goes into counting what there is. */
const SHARE = 20
/** But never less often than this, in milliseconds: a slow store must not make messages wait for minutes. */
const LONGEST_MS = 10_000
/** Steps of one kind in one look take so long, in milliseconds; the next look does the rest, after a short pause in which others are served. */
const STEPS_MS = 1_000
const REST_MS = 300
const PRUNE_EVERY_MS = 60_000
const PRUNE_STEP = 500

export interface KeeperParts {
  sql: Sql
  outbox: Outbox
  /** Transactions in which others are told of what happened. */
  telling: Telling
  route: Route
  /** Messages are kept so long after their end, and those that came in after they came, in milliseconds. */
  keepMs: number
  /** Accounts of this process that may send nothing more today. */
  spent(): string[]
  /** A message that another account may have sent is left to a person. */
  holds: boolean
  /** Told what is open, after every look. */
  seen(live: readonly Live[]): void
}

export class Keeper {
  #parts: KeeperParts
  #timer: NodeJS.Timeout | undefined
  #prunedAt = 0
  #over = false
  /** How long the latest count took, in milliseconds, and whether it left something to do. */
  #countedMs = 0
  #more = false
  #looking: Promise<void> = Promise.resolve()

  constructor(parts: KeeperParts) {
    this.#parts = parts
  }

  start(): void {
    void this.#lookAgain()
  }

  async stop(): Promise<void> {
    this.#over = true
    clearTimeout(this.#timer)
    await this.#looking
  }

  /** Looks now, after a look that is under way. Rejects with StoreError. */
  look(): Promise<void> {
    const look = this.#looking.then(() => (this.#over ? undefined : this.#once(Date.now())))
    this.#looking = look.catch(() => {})
    return look
  }

  async #lookAgain(): Promise<void> {
    // The store says by itself that it is away; the next look finds it.
    await this.look().catch(() => {})
    if (this.#over) return
    const pauseMs = this.#more ? REST_MS : Math.min(LONGEST_MS, Math.max(TICK_MS, this.#countedMs * SHARE))
    this.#timer = setTimeout(() => this.start(), pauseMs)
  }

  async #once(now: number): Promise<void> {
    const { sql, outbox, seen, holds } = this.#parts
    this.#more = false
    const startedAt = performance.now()
    const counted = outbox.size.counting()
    const live = await survey(sql)
    this.#countedMs = performance.now() - startedAt
    const byPool = new Map<string, number>()
    for (const { pool, count } of live) byPool.set(pool, (byPool.get(pool) ?? 0) + count)
    counted(byPool)
    seen(live)
    if (live.some(({ expiresAt }) => expiresAt <= now))
      await this.#steps(async () => (await outbox.changeBy((tx) => expire(tx, now))).length === STEP)
    const due = live.filter(({ nextAt }) => nextAt !== null && nextAt <= now)
    const has = (state: Live['state']): boolean => due.some((each) => each.state === state)
    if (has('scheduled'))
      await this.#steps(async () => (await outbox.changeBy((tx) => release(tx, now))).length === STEP)
    if (holds && has('unknown'))
      await this.#steps(async () => (await outbox.changeBy((tx) => hold(tx, now))).length === STEP)
    for (const { account } of due) if (account !== null) outbox.wake(account)
    if (has('queued')) await this.#leave(due.filter(({ state }) => state === 'queued'))
    if (has('parked'))
      await this.#unpark(new Set(due.flatMap((each) => (each.state === 'parked' ? [each.pool] : []))))
    if (now - this.#prunedAt >= PRUNE_EVERY_MS || now < this.#prunedAt) {
      this.#prunedAt = now
      await this.#prune(now)
    }
  }

  /** The pools take turns: thousands that wait in one do not keep another waiting. */
  async #unpark(pools: Set<string>): Promise<void> {
    const { telling, route } = this.#parts
    await this.#steps(async () => {
      for (const pool of pools)
        if (!this.#placed(await unpark(telling, pool, route, Date.now()))) pools.delete(pool)
      return pools.size > 0
    })
  }

  async #leave(queued: readonly Live[]): Promise<void> {
    const { sql, route, spent } = this.#parts
    const leaves = await leftAccounts(sql, spent())
    for (const { pool, account } of queued) {
      const why = account === null ? null : leaves(pool, account)
      if (account === null || why === null) continue
      await this.#steps(async () => this.#placed(await leave(sql, { pool, account, why }, route, Date.now())))
    }
  }

  /** Answers whether there may be more. */
  #placed({ accounts, more }: Placed): boolean {
    for (const account of accounts) this.#parts.outbox.wake(account)
    return more
  }

  async #prune(now: number): Promise<void> {
    const { sql, keepMs } = this.#parts
    for (const forget of [prune, pruneInbound])
      while (!this.#over && (await forget(sql, now - keepMs, PRUNE_STEP)) === PRUNE_STEP);
  }

  /** @param step answers whether there is more to do */
  async #steps(step: () => Promise<boolean>): Promise<void> {
    const endsAt = performance.now() + STEPS_MS
    while (!this.#over && (await step())) {
      if (performance.now() < endsAt) continue
      this.#more = true
      return
    }
  }
}

// Looks at every webhook now and then: counts what waits, keeps it within the limit, and deletes what was kept long enough.

import type { Bus } from '../events.ts'
import type { Sql } from '../store/sql.ts'
import { Turns } from '../store/turns.ts'
import { type Backlog, backlogOf, webhooksIn } from './backlog.ts'
import { buryOldest, buryRemoved } from './bury.ts'
import { dropOldestDead, prune } from './prune.ts'

/** Between two counts, in milliseconds; what comes between them may pass the limit by as much as comes in that time. */
const COUNT_EVERY_MS = 5_000
/** Between two times of deleting, in milliseconds. */
const PRUNE_EVERY_MS = 60_000
/** Webhooks that are looked at, configured or not: each one has series of its own. */
const MOST = 1_000

export interface KeeperParts {
  sql: Sql
  bus: Bus
  targets: readonly { id: string; limit: number }[]
}

export class Keeper {
  readonly #parts: KeeperParts
  readonly #backlogs = new Map<string, Backlog>()
  /** Not configured here, and not empty. */
  #removed: readonly string[] = []
  readonly #stopping = new AbortController()
  readonly #timers: NodeJS.Timeout[] = []
  // Two that count at once would both make room.
  readonly #turns = new Turns()

  constructor(parts: KeeperParts) {
    this.#parts = parts
  }

  start(): void {
    this.#every(COUNT_EVERY_MS, () => this.count())
    this.#every(PRUNE_EVERY_MS, () => this.prune())
  }

  /** Resolves when nothing of it is under way. Never rejects. */
  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer)
    this.#stopping.abort()
    await this.#turns.take(() => {})
  }

  /** As it was counted last; undefined before that. */
  backlog(webhook: string): Backlog | undefined {
    return this.#backlogs.get(webhook)
  }

  /** Webhooks that this agent does not deliver to and that have something in the store, as it was counted last. */
  get removed(): readonly string[] {
    return this.#removed
  }

  /** Counts, and makes dead letters of what is too much. Rejects with StoreError. */
  count(): Promise<void> {
    return this.#turns.take(() => this.#count())
  }

  /** Deletes what is over for long enough, and buries what nobody delivers any more. Rejects with StoreError. */
  prune(): Promise<void> {
    return this.#turns.take(() => this.#prune())
  }

  async #count(): Promise<void> {
    const { sql, bus, targets } = this.#parts
    for (const { id, limit } of targets) {
      if (this.#stopping.signal.aborted) return
      const backlog = await backlogOf(sql, id)
      this.#backlogs.set(id, backlog)
      const tooMany = Math.min(backlog.queued, backlog.queued + backlog.claimed - limit)
      if (tooMany > 0) {
        const count = await buryOldest(sql, id, tooMany, Date.now())
        backlog.queued -= count
        backlog.dead += count
        this.#dead(id, 'overflow', count, `more than ${limit} waited`)
      }
      if (backlog.dead > limit) {
        const count = await dropOldestDead(sql, id, backlog.dead - limit, this.#stopping.signal)
        backlog.dead -= count
        if (count > 0) bus.emit('webhook.dropped', { webhook: id, count })
      }
    }
    await this.#countRemoved()
  }

  /** What a webhook left that was renamed or taken out of the file: nobody would see it otherwise. */
  async #countRemoved(): Promise<void> {
    const { sql, bus, targets } = this.#parts
    const removed: string[] = []
    for (const id of await webhooksIn(sql, MOST)) {
      if (this.#stopping.signal.aborted) return
      if (targets.some((target) => target.id === id)) continue
      const backlog = await backlogOf(sql, id)
      const { queued, claimed, dead } = backlog
      if (queued + claimed + dead === 0) continue
      this.#backlogs.set(id, backlog)
      removed.push(id)
      if (!this.#removed.includes(id))
        bus.emit('webhook.removed', { webhook: id, waiting: queued + claimed, dead })
    }
    this.#removed = removed
  }

  async #prune(): Promise<void> {
    const { sql, targets } = this.#parts
    await prune(sql, Date.now(), this.#stopping.signal)
    const configured = targets.map(({ id }) => id)
    for (const [webhook, count] of await buryRemoved(sql, configured, Date.now()))
      this.#dead(webhook, 'removed', count, 'the webhook is no longer configured')
  }

  #dead(webhook: string, why: 'overflow' | 'removed', count: number, detail: string): void {
    if (count === 0) return
    const single = { delivery: null, attempts: null, ms: null }
    this.#parts.bus.emit('webhook.dead', { webhook, why, count, ...single, detail })
  }

  /** Now and then, and not again while it still runs. What fails was said by the store. */
  #every(ms: number, work: () => Promise<void>): void {
    let runs = false
    const run = async (): Promise<void> => {
      if (runs) return
      runs = true
      await work().catch(() => {})
      runs = false
    }
    const timer = setInterval(run, ms)
    timer.unref()
    this.#timers.push(timer)
    void run()
  }
}

// Everything about webhooks behind one door: notices are written with what they tell, delivered, counted, kept for a time and driven again.

import type { Bus } from '../events.ts'
import type { Author } from '../store/audit.ts'
import type { Cipher } from '../store/cipher.ts'
import type { Queryable, Sql } from '../store/sql.ts'
import { type Backlog, type DeliveryQuery, type Listed, listDeliveries } from './backlog.ts'
import { freeAll } from './claim.ts'
import { Deliverer } from './deliverer.ts'
import { type DeliveryRow, placeOf, scopeOf, seal, write } from './enqueue.ts'
import { hurry } from './hurry.ts'
import { Keeper } from './keeper.ts'
import type { Notice } from './notice.ts'
import type { WebhookQueue } from './port.ts'
import { type Redriven, redrive } from './redrive.ts'
import { SessionNotices } from './session-notices.ts'
import { type Settings, usual } from './settings.ts'
import type { Target } from './target.ts'
import { WakeOthers } from './wake-others.ts'

export interface WebhookParts {
  sql: Sql
  cipher: Cipher
  bus: Bus
  targets: readonly Target[]
  poolOf(account: string): string | undefined
  random(): number
  settings?: Partial<Settings>
}

/** A webhook as operators see it. */
export interface WebhookView {
  id: string
  /** Without path and parameters, in which there may be secrets. Null where this agent does not deliver to it: it was renamed or removed. */
  origin: string | null
  /** As they were counted last; null before that. */
  backlog: Backlog | null
}

export class Webhooks implements WebhookQueue {
  readonly #parts: WebhookParts
  readonly #deliverers: readonly Deliverer[]
  readonly #keeper: Keeper
  #sessions: SessionNotices | null = null
  #others: WakeOthers | null = null

  constructor(parts: WebhookParts) {
    this.#parts = parts
    const settings = { ...usual, ...parts.settings }
    this.#deliverers = parts.targets.map((target) => new Deliverer(target, { ...parts, settings }))
    this.#keeper = new Keeper(parts)
  }

  prepare(notices: readonly Notice[]): Promise<DeliveryRow[]> {
    return seal(this.#parts.cipher, this.#parts.targets, notices, Date.now())
  }

  insert(tx: Queryable, rows: readonly DeliveryRow[]): Promise<void> {
    return write(tx, rows)
  }

  wake(): void {
    this.#wakeOwn()
    this.#others?.tell()
  }

  /** Begins to deliver, and to follow sessions. Rejects with StoreError. */
  async start(): Promise<void> {
    const { sql, cipher, targets, bus, poolOf } = this.#parts
    this.#keeper.start()
    if (targets.length === 0) return
    // So that the keys are at hand from now on, inside transactions too.
    for (const { id } of targets) await cipher.seal(scopeOf(id), placeOf('start'), new Uint8Array())
    // The file belongs to one process: who held lanes is dead. On a server others may be about to deliver.
    if (sql.driver === 'sqlite') await freeAll(sql)
    this.#others = await WakeOthers.open(sql, () => this.#wakeOwn())
    if (targets.some(({ events }) => events.length === 0 || events.includes('session.state')))
      this.#sessions = new SessionNotices({ sql, bus, queue: this, poolOf })
    for (const deliverer of this.#deliverers) deliverer.start()
  }

  /** Writes what it knows of sessions, and stops; what is under way has a second. Never rejects. */
  async stop(): Promise<void> {
    await this.#sessions?.stop()
    await this.#others?.close()
    await Promise.all(this.#deliverers.map((deliverer) => deliverer.stop()))
    await this.#keeper.stop()
  }

  /** Every configured webhook, then those that are not and left something in the store. */
  views(): WebhookView[] {
    const backlog = (id: string): Backlog | null => this.#keeper.backlog(id) ?? null
    return [
      ...this.#parts.targets.map(({ id, url }) => ({
        id,
        origin: new URL(url).origin,
        backlog: backlog(id),
      })),
      ...this.#keeper.removed.map((id) => ({ id, origin: null, backlog: backlog(id) })),
    ]
  }

  /** Whether this agent delivers to it. */
  has(webhook: string): boolean {
    return this.#target(webhook) !== undefined
  }

  /** Counts again, now. Rejects with StoreError. */
  count(): Promise<void> {
    return this.#keeper.count()
  }

  /** Without payloads; of any id, for what a webhook left that is not configured any more. Rejects with StoreError. */
  deliveries(webhook: string, query: DeliveryQuery): Promise<Listed[]> {
    return listDeliveries(this.#parts.sql, webhook, query)
  }

  /**
   * Has dead letters tried again, those of the ids or all; with all of them, what waits in a pause is tried at once too. Nothing where this
   * agent does not deliver to the webhook. Rejects with StoreError.
   * @param author asked for it
   */
  async redrive(
    webhook: string,
    ids: readonly string[] | null,
    author: Author,
  ): Promise<Redriven & { hurried: number }> {
    const target = this.#target(webhook)
    if (target === undefined) return { redriven: 0, left: 0, hurried: 0 }
    const { sql, bus } = this.#parts
    // First, so that what dies again and is driven again meanwhile does not count as hurried.
    const hurried = ids === null ? await hurry(sql, webhook, author, Date.now()) : 0
    const { redriven, left } = await redrive(sql, target, ids, author, Date.now())
    if (redriven + hurried > 0)
      bus.emit('webhook.redriven', { webhook, count: redriven, hurried, left, who: author.who })
    this.wake()
    return { redriven, left, hurried }
  }

  #target(webhook: string): Target | undefined {
    return this.#parts.targets.find(({ id }) => id === webhook)
  }

  #wakeOwn(): void {
    for (const deliverer of this.#deliverers) deliverer.wake()
  }
}

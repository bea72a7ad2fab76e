// The message path, put together: outbox, inbound store, limits and keeper, with webhooks told in the same transactions.

import type { Bus } from '../events.ts'
import type { Cipher } from '../store/cipher.ts'
import type { Sql } from '../store/sql.ts'
import type { WebhookQueue } from '../webhooks/port.ts'
import { InboundStore } from './inbound.ts'
import { Keeper } from './keeper.ts'
import { type Day, Limits } from './limits.ts'
import { Outbox, type OutboxSettings } from './outbox.ts'
import type { Rates } from './rates.ts'
import type { Route } from './route.ts'
import type { MessageRow } from './row.ts'
import type { Sender } from './sender.ts'
import { Telling } from './telling.ts'
import type { Live } from './upkeep.ts'
import { inFrontOf, type WaitsFor, waitsFor } from './waits-for.ts'

export interface MessagePathParts {
  bus: Bus
  sql: Sql
  cipher: Cipher
  webhooks: WebhookQueue
  route: Route
  poolOf(account: string): string
  settings: OutboxSettings & { rates: Rates }
  random(): number
}

export class MessagePath {
  readonly outbox: Outbox
  readonly inbound: InboundStore
  /** What is open, as last counted. */
  live: readonly Live[] = []
  #parts: MessagePathParts
  #limits: Limits
  #keeper: Keeper

  constructor(parts: MessagePathParts) {
    this.#parts = parts
    const { bus, sql, cipher, webhooks, route, poolOf, settings, random } = parts
    const telling = new Telling(sql, webhooks)
    this.#limits = new Limits(settings.rates, poolOf)
    this.outbox = new Outbox({ bus, sql, cipher, route, settings, limits: this.#limits, telling, random })
    this.inbound = new InboundStore({ cipher, poolOf, telling })
    this.#keeper = new Keeper({
      sql,
      outbox: this.outbox,
      telling,
      route,
      spent: () => this.spent(),
      keepMs: settings.keepMs,
      holds: settings.unsure === 'hold',
      seen: (live) => {
        this.live = live
      },
    })
  }

  /** Begins to send for these accounts. Rejects with StoreError. */
  async start(senders: readonly Sender[]): Promise<void> {
    await this.#limits.recall(
      this.#parts.sql,
      senders.map(({ account }) => account),
      Date.now(),
    )
    for (const sender of senders) await this.outbox.serve(sender)
    this.#keeper.start()
  }

  /** Until when an account of this process may send nothing more because its day is spent, in milliseconds since the epoch; null where it may. */
  spentUntil(account: string): number | null {
    return this.#limits.spentUntil(account, Date.now())
  }

  /** Accounts of this process that may send nothing more before some of what they sent is a day old. */
  spent(): string[] {
    return this.#limits.spent(Date.now())
  }

  /** What accounts of this process sent in the last 24 hours, and may; none without a limit by the day. */
  days(): Day[] {
    return this.#limits.days(Date.now())
  }

  /** What an open message waits for; null for one that has ended. Rejects with StoreError. @param trouble why its account sends nothing */
  async waitsFor(row: MessageRow, trouble: string | null): Promise<WaitsFor | null> {
    if (row.open === 0) return null
    const now = Date.now()
    const held = row.account === null ? null : this.#limits.held(row.account, now)
    return waitsFor(row, { now, trouble, held, inFront: await inFrontOf(this.#parts.sql, row) })
  }

  /** Lets time do its part now, instead of within a second. Rejects with StoreError. */
  look(): Promise<void> {
    return this.#keeper.look()
  }

  /** Before the sessions stop: takes nothing more, and waits up to `ms` for what is on its way. */
  async stop(ms: number): Promise<void> {
    await this.#keeper.stop()
    await this.outbox.stop(ms)
  }

  /** After the sessions have stopped: what is known is written down, as far as the store takes it. */
  close(): Promise<void> {
    return this.outbox.close()
  }
}

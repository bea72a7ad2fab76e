// The message path, put together: outbox, inbound store, limits and keeper, with webhooks told in the same transactions.

import type { Bus } from '../events.ts'
import type { Cipher } from '../store/cipher.ts'
import type { Sql } from '../store/sql.ts'
import type { WebhookQueue } from '../webhooks/port.ts'
import type { Route } from './accept.ts'
import { InboundStore } from './inbound.ts'
import { Keeper } from './keeper.ts'
import { Limits, type Rates } from './limits.ts'
import { Outbox, type OutboxSettings } from './outbox.ts'
import type { Sender } from './sender.ts'
import { Telling } from './telling.ts'
import type { Live } from './upkeep.ts'

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
      route,
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

// What webhooks are to hear of is written in the transaction of what happened, and they are woken after its commit.

import type { Queryable, Sql } from '../store/sql.ts'
import type { Notice } from '../webhooks/notice.ts'
import type { WebhookQueue } from '../webhooks/port.ts'
import { leftNotices } from './notices.ts'
import type { Tell } from './transfer.ts'

export interface Told<T> {
  result: T
  notices: Notice[]
}

/**
 * Tells of parked messages in a transaction of somebody else. The keys are at hand since the webhooks were started; whom nobody wakes
 * looks by itself within two seconds.
 */
export function tellParked(webhooks: WebhookQueue): Tell {
  return async (tx, parked, at) => webhooks.insert(tx, await webhooks.prepare(leftNotices(parked, at)))
}

export class Telling {
  #sql: Sql
  #webhooks: WebhookQueue

  constructor(sql: Sql, webhooks: WebhookQueue) {
    this.#sql = sql
    this.#webhooks = webhooks
  }

  /** One transaction; `work` may run more than once. Rejects with StoreError. */
  async transaction<T>(work: (tx: Queryable) => Promise<Told<T>>): Promise<T> {
    for (let again = false; ; again = true) {
      let unsealed: Notice[] = []
      let told = false
      try {
        const result = await this.#sql.transaction(async (tx) => {
          const { result, notices } = await work(tx)
          told = notices.length > 0
          if (told) {
            unsealed = notices
            const rows = await this.#webhooks.prepare(notices)
            unsealed = []
            await this.#webhooks.insert(tx, rows)
          }
          return result
        })
        if (told) this.#webhooks.wake()
        return result
      } catch (error) {
        if (unsealed.length === 0 || again) throw error
        // A key that was never needed before has to be asked for, which cannot be done inside.
        await this.#webhooks.prepare(unsealed)
      }
    }
  }
}

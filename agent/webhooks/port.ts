// What other rooms need of webhooks: to write notices in their own transaction, and to say afterwards that there are some.

import type { Queryable } from '../store/sql.ts'
import type { DeliveryRow } from './enqueue.ts'
import type { Notice } from './notice.ts'

/**
 * ```ts
 * const rows = await webhooks.prepare([{ type: 'message.received', lane: conversation, pool, account, at, data }])
 * await sql.transaction(async (tx) => {
 *   await tx.query('INSERT INTO inbound ...')
 *   await webhooks.insert(tx, rows)
 * })
 * webhooks.wake()
 * ```
 */
export interface WebhookQueue {
  /** Seals what the webhooks want of these notices. Asks the store, so it stands before the transaction. Rejects with StoreError. */
  prepare(notices: readonly Notice[]): Promise<DeliveryRow[]>
  /** Writes them; may be repeated with the transaction. As the last statements of it: their lanes are held until its end. */
  insert(tx: Queryable, rows: readonly DeliveryRow[]): Promise<void>
  /** After the commit. What nobody wakes is found within two seconds all the same. */
  wake(): void
}

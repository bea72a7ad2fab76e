// What nobody speaks of any more is over, and what is over for long enough goes.

import type { Sql } from '../../../agent/store/sql.ts'
import type { Events } from '../events.ts'
import { type Cancelled, cancelOf } from '../store/deliveries.ts'
import { endPage, forgottenPages } from '../store/pages.ts'

/** In one transaction: others wait for it. */
const AT_ONCE = 500

/** Ends pages of which nothing was heard for as long as their receivers say. Rejects with StoreError. */
export async function forgetPages(sql: Sql, events: Events, now: number): Promise<void> {
  // Whatever is heard meanwhile comes before it or after it.
  const ended = await sql.transaction(async (tx) => {
    const found: { page: string; cancelled: Cancelled[] }[] = []
    for (const page of await forgottenPages(tx, now, AT_ONCE)) {
      await endPage(tx, page, 'forgotten', now)
      found.push({ page, cancelled: await cancelOf(tx, page, null, now) })
    }
    return found
  })
  for (const { page, cancelled } of ended) {
    events.tell('page.ended', { page, why: 'forgotten' })
    for (const { id, recipient, channel } of cancelled)
      events.tell('delivery.ended', {
        page,
        delivery: id,
        recipient,
        channel,
        outcome: 'cancelled',
        delayMs: null,
      })
  }
}

/** Deletes pages that ended before that moment, with all that belongs to them. Rejects with StoreError. */
export async function prune(sql: Sql, before: number): Promise<void> {
  const rows = await sql.query<{ id: string }>(
    "SELECT id FROM page WHERE state = 'over' AND ended_at < $1 LIMIT $2",
    [before, AT_ONCE],
  )
  for (const { id } of rows)
    await sql.transaction(async (tx) => {
      for (const table of ['attempt', 'callback'])
        await tx.query(`DELETE FROM ${table} WHERE delivery IN (SELECT id FROM delivery WHERE page = $1)`, [
          id,
        ])
      for (const table of ['delivery', 'notice', 'page_group'])
        await tx.query(`DELETE FROM ${table} WHERE page = $1`, [id])
      await tx.query('DELETE FROM page WHERE id = $1', [id])
    })
}

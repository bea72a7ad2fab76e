// What nobody speaks of any more is over, and what is over for long enough goes.

import type { Sql } from '../../../agent/store/sql.ts'
import type { Events } from '../events.ts'
import { cancelOf } from '../store/deliveries.ts'
import { endPage } from '../store/pages.ts'

/** In one transaction: others wait for it. */
const AT_ONCE = 500

/** Ends pages of which nothing was heard for as long as their receivers say. Rejects with StoreError. */
export async function forgetPages(sql: Sql, events: Events, now: number): Promise<void> {
  const forgotten = await sql.query<{ id: string }>(
    "SELECT id FROM page WHERE state = 'open' AND heard_at + forget_ms < $1 LIMIT $2",
    [now, AT_ONCE],
  )
  for (const { id: page } of forgotten) {
    const cancelled = await sql.transaction(async (tx) => {
      await endPage(tx, page, 'forgotten', now)
      return cancelOf(tx, page, ['held'], now)
    })
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

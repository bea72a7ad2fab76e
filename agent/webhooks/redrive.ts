// Dead letters go back to the places in their lanes that they had, with all their attempts before them.

import { setImmediate as turn } from 'node:timers/promises'
import { type Author, append } from '../store/audit.ts'
import type { Queryable, Sql } from '../store/sql.ts'
import { countIn } from './backlog.ts'
import { GIVE_UP_MS } from './enqueue.ts'
import { lanesOf } from './lane.ts'

/** Rows of one transaction: some milliseconds on SQLite, during which other writers wait. */
const BATCH = 25

type Dead = { id: string; webhook: string; lane: string; seq: number }

export interface Redriven {
  redriven: number
  /** Still dead, because more may not wait. */
  left: number
}

/**
 * Opens dead letters of a webhook again, those of the ids or all, the oldest first, and no more than there is room for: what is beyond the
 * limit dies, the oldest first. What is delivered, waits or does not exist is left alone, and what dies again meanwhile is not driven
 * twice. Each transaction has its row in the audit trail. Rejects with StoreError.
 * @param limit how many may wait for the webhook
 */
export async function redrive(
  sql: Sql,
  { id: webhook, limit }: { id: string; limit: number },
  ids: readonly string[] | null,
  author: Author,
  now: number,
): Promise<Redriven> {
  const entry = { ...author, what: 'webhook.redrive', pool: null, account: null, outcome: 'done' }
  const waiting = await countIn(sql, webhook, ['queued', 'claimed'])
  let room = Math.max(0, limit - waiting)
  let redriven = 0
  let left = 0
  for await (const page of ids === null ? every(sql, webhook) : named(sql, webhook, ids)) {
    const fits = page.slice(0, room)
    left += page.length - fits.length
    if (fits.length > 0) {
      const opened = await sql.transaction(async (tx) => {
        const count = await reopen(tx, fits, now)
        if (count > 0) await append(tx, { ...entry, data: { webhook, count } }, now)
        return count
      })
      room -= opened
      redriven += opened
    } else if (ids === null && page.length > 0)
      return { redriven, left: await countIn(sql, webhook, ['dead']) }
    await turn()
  }
  return { redriven, left }
}

async function* every(sql: Sql, webhook: string): AsyncGenerator<Dead[]> {
  for (let after = ''; ; ) {
    const page = await sql.query<Dead>(
      `SELECT id, webhook, lane, seq FROM webhook_delivery
       WHERE webhook = $1 AND state = 'dead' AND id > $2 ORDER BY id LIMIT ${BATCH}`,
      [webhook, after],
    )
    const last = page.at(-1)
    if (last === undefined) return
    yield page
    after = last.id
  }
}

async function* named(sql: Sql, webhook: string, ids: readonly string[]): AsyncGenerator<Dead[]> {
  const sorted = [...new Set(ids)].sort()
  for (let from = 0; from < sorted.length; from += BATCH) {
    const part = sorted.slice(from, from + BATCH)
    yield await sql.query<Dead>(
      `SELECT id, webhook, lane, seq FROM webhook_delivery
       WHERE webhook = $1 AND state = 'dead' AND id IN (${part.map((_, i) => `$${i + 2}`)})`,
      [webhook, ...part],
    )
  }
}

async function reopen(tx: Queryable, dead: readonly Dead[], now: number): Promise<number> {
  for (const { webhook, lane } of lanesOf(dead)) {
    const last = Math.max(...dead.filter((each) => each.lane === lane).map(({ seq }) => seq))
    // Now, whatever pause the lane is in: a person believes that it works again.
    await tx.query(
      `INSERT INTO webhook_lane (webhook, lane, next_at, held_until, last_seq) VALUES ($1, $2, $3, 0, $4)
       ON CONFLICT (webhook, lane) DO UPDATE SET next_at = excluded.next_at`,
      [webhook, lane, now, last],
    )
  }
  let opened = 0
  for (const { id } of dead) {
    const rows = await tx.query(
      `UPDATE webhook_delivery SET state = 'queued', open = 1, attempts = 0, expires_at = $2, ended_at = NULL
       WHERE id = $1 AND state = 'dead' RETURNING id`,
      [id, now + GIVE_UP_MS],
    )
    opened += rows.length
  }
  return opened
}

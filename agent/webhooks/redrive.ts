// Dead letters go back to the places in their lanes that they had, with all their attempts before them.

import { setImmediate as turn } from 'node:timers/promises'
import { type Author, append } from '../store/audit.ts'
import type { Queryable, Sql } from '../store/sql.ts'
import { GIVE_UP_MS } from './enqueue.ts'
import { lanesOf } from './lane.ts'

/** Rows of one transaction: some milliseconds on SQLite, during which other writers wait. */
const BATCH = 25

type Dead = { id: string; webhook: string; lane: string; seq: number }

/**
 * Opens dead letters of a webhook again, those of the ids or all; answers how many. What is delivered, waits or does not exist is left
 * alone, and what dies again meanwhile is not driven twice. Each transaction has its row in the audit trail. Rejects with StoreError.
 */
export async function redrive(
  sql: Sql,
  webhook: string,
  ids: readonly string[] | null,
  author: Author,
  now: number,
): Promise<number> {
  const entry = { ...author, what: 'webhook.redrive', pool: null, account: null, outcome: 'done' }
  let count = 0
  for await (const page of ids === null ? every(sql, webhook) : named(sql, webhook, ids)) {
    if (page.length > 0)
      count += await sql.transaction(async (tx) => {
        const opened = await reopen(tx, page, now)
        if (opened > 0) await append(tx, { ...entry, data: { webhook, count: opened } }, now)
        return opened
      })
    await turn()
  }
  return count
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

// Deliveries that nobody will try any more become dead letters: the oldest beyond a limit, and those of webhooks that are gone.

import { setImmediate as turn } from 'node:timers/promises'
import type { Queryable, Sql, Value } from '../store/sql.ts'
import type { DeathReason } from '../words.ts'
import { dropEmpty, holdLane, type LaneOf, lanesOf } from './lane.ts'

/** Rows of one transaction: some milliseconds on SQLite, during which other writers wait. */
const BATCH = 100

type Candidate = { id: string; webhook: string; lane: string }

/** So many of a webhook's deliveries, the oldest first, but none that is under way; answers how many there were. Rejects with StoreError. */
export async function buryOldest(sql: Sql, webhook: string, count: number, now: number): Promise<number> {
  let buried = 0
  while (buried < count) {
    const dead = await buryBatch(
      sql,
      `SELECT id, webhook, lane FROM webhook_delivery WHERE webhook = $1 AND state = 'queued' ORDER BY id LIMIT $2`,
      [webhook, Math.min(BATCH, count - buried)],
      ['overflow', 'more waited than the limit'],
      now,
    )
    if (dead.length === 0) break
    buried += dead.length
    await turn()
  }
  return buried
}

/**
 * What webhooks that are not configured had waiting for longer than a delivery is tried: another process may still know them before that.
 * Answers how many there were of each. Rejects with StoreError.
 */
export async function buryRemoved(
  sql: Sql,
  configured: readonly string[],
  now: number,
): Promise<Map<string, number>> {
  const known = configured.map((_, i) => `$${i + 3}`).join(', ')
  const others = configured.length === 0 ? '' : `AND webhook NOT IN (${known})`
  const counts = new Map<string, number>()
  for (;;) {
    const dead = await buryBatch(
      sql,
      `SELECT id, webhook, lane FROM webhook_delivery WHERE open = 1 AND expires_at < $1 ${others} ORDER BY id LIMIT $2`,
      [now, BATCH, ...configured],
      ['removed', 'the webhook is no longer configured'],
      now,
    )
    for (const { webhook } of dead) counts.set(webhook, (counts.get(webhook) ?? 0) + 1)
    if (dead.length === 0) return counts
    await turn()
  }
}

async function buryBatch(
  sql: Sql,
  select: string,
  values: readonly Value[],
  [why, error]: [DeathReason, string],
  now: number,
): Promise<LaneOf[]> {
  return sql.transaction(async (tx) => {
    const found = await tx.query<Candidate>(select, values)
    const lanes = lanesOf(found)
    for (const lane of lanes) await holdLane(tx, lane)
    const dead: LaneOf[] = []
    for (const { id } of found) dead.push(...(await bury(tx, id, `${why}: ${error}`, now)))
    for (const lane of lanes) await dropEmpty(tx, lane)
    return dead
  })
}

/** It may have been taken or ended since it was looked for. */
function bury(tx: Queryable, id: string, error: string, now: number): Promise<Candidate[]> {
  return tx.query<Candidate>(
    `UPDATE webhook_delivery SET state = 'dead', open = 0, ended_at = $2, error = $3
     WHERE id = $1 AND open = 1 AND state = 'queued' RETURNING id, webhook, lane`,
    [id, now, error],
  )
}

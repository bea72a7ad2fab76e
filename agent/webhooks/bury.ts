// Deliveries that nobody will try any more become dead letters: the oldest beyond a limit, and those of webhooks that are gone.

import { setImmediate as turn } from 'node:timers/promises'
import type { Queryable, Sql, Value } from '../store/sql.ts'
import type { DeathReason } from '../words.ts'
import { dropEmpty, holdLane, type LaneOf, lanesOf } from './lane.ts'

/** Rows of one transaction: some milliseconds on SQLite, during which other writers wait. */
const BATCH = 25

type Candidate = { id: string; webhook: string; lane: string; state: string }

/** So many of a webhook's deliveries, the oldest first, but none that is under way; answers how many there were. Rejects with StoreError. */
export async function buryOldest(sql: Sql, webhook: string, count: number, now: number): Promise<number> {
  let buried = 0
  while (buried < count) {
    const dead = await buryBatch(
      sql,
      `SELECT id, webhook, lane, state FROM webhook_delivery WHERE webhook = $1 AND state = 'queued' ORDER BY id LIMIT $2`,
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
  const found = await sql.query<{ webhook: string }>('SELECT DISTINCT webhook FROM webhook_lane')
  const counts = new Map<string, number>()
  // The process that had taken one died long ago.
  for (const { webhook } of found.filter((each) => !configured.includes(each.webhook)))
    for (const state of ['queued', 'claimed']) {
      const dead = await buryExpired(sql, webhook, state, now)
      if (dead > 0) counts.set(webhook, (counts.get(webhook) ?? 0) + dead)
    }
  return counts
}

async function buryExpired(sql: Sql, webhook: string, state: string, now: number): Promise<number> {
  for (let buried = 0; ; ) {
    const dead = await buryBatch(
      sql,
      `SELECT id, webhook, lane, state FROM webhook_delivery
       WHERE webhook = $1 AND state = $2 AND expires_at < $3 ORDER BY id LIMIT $4`,
      [webhook, state, now, BATCH],
      ['removed', 'the webhook is no longer configured'],
      now,
    )
    if (dead.length === 0) return buried
    buried += dead.length
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
    for (const each of found) dead.push(...(await bury(tx, each, `${why}: ${error}`, now)))
    for (const lane of lanes) await dropEmpty(tx, lane)
    return dead
  })
}

/** It may have been taken or ended since it was looked for. */
function bury(tx: Queryable, { id, state }: Candidate, error: string, now: number): Promise<LaneOf[]> {
  return tx.query<{ webhook: string; lane: string }>(
    `UPDATE webhook_delivery SET state = 'dead', open = 0, ended_at = $2, error = $3
     WHERE id = $1 AND open = 1 AND state = $4 RETURNING webhook, lane`,
    [id, now, error, state],
  )
}

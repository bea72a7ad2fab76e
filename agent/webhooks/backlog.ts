// How much a webhook has before it and what is in it, without the payloads.

import type { Row, Sql, Value } from '../store/sql.ts'
import { type Also, whereOf } from '../store/where.ts'
import type { DeliveryState } from '../words.ts'

export interface Backlog {
  queued: number
  claimed: number
  dead: number
  /** When the oldest delivery that is not over was written, in milliseconds since the epoch. */
  oldestAt: number | null
}

/** Rejects with StoreError. As much as the webhook's limit is counted twice at most: open ones and dead letters. */
export async function backlogOf(sql: Sql, webhook: string): Promise<Backlog> {
  const rows = await sql.query<{ state: string; count: number }>(
    `SELECT state, COUNT(*) AS count FROM webhook_delivery
     WHERE webhook = $1 AND state IN ('queued', 'claimed', 'dead') GROUP BY state`,
    [webhook],
  )
  const count = (state: DeliveryState) => Number(rows.find((row) => row.state === state)?.count ?? 0)
  const oldest = await Promise.all(
    (['queued', 'claimed'] as const).map((state) =>
      // Ids grow with time, and the index has them in order.
      sql.query<{ created_at: number }>(
        'SELECT created_at FROM webhook_delivery WHERE webhook = $1 AND state = $2 ORDER BY id LIMIT 1',
        [webhook, state],
      ),
    ),
  )
  const times = oldest.flat().map(({ created_at }) => created_at)
  return {
    queued: count('queued'),
    claimed: count('claimed'),
    dead: count('dead'),
    oldestAt: times.length === 0 ? null : Math.min(...times),
  }
}

/** How many of a webhook are in one of these states. Rejects with StoreError. */
export async function countIn(sql: Sql, webhook: string, states: readonly DeliveryState[]): Promise<number> {
  const [row] = await sql.query<{ count: number }>(
    `SELECT COUNT(*) AS count FROM webhook_delivery
     WHERE webhook = $1 AND state IN (${states.map((_, i) => `$${i + 2}`)})`,
    [webhook, ...states],
  )
  return Number(row?.count ?? 0)
}

/** Ids of all webhooks that have anything in the store, configured or not, up to `most`. One look at the index for each. Rejects with StoreError. */
export async function webhooksIn(sql: Sql, most: number): Promise<string[]> {
  const found: string[] = []
  for (let after = ''; found.length < most; ) {
    const [row] = await sql.query<{ webhook: string }>(
      'SELECT webhook FROM webhook_delivery WHERE webhook > $1 ORDER BY webhook LIMIT 1',
      [after],
    )
    if (row === undefined) break
    found.push(row.webhook)
    after = row.webhook
  }
  return found
}

export interface Listed {
  id: string
  type: string
  lane: string
  pool: string
  state: DeliveryState
  attempts: number
  createdAt: number
  /** When its lane is tried next; null where it is over. */
  nextAt: number | null
  endedAt: number | null
  /** What the last attempt that failed met, or why it is dead. */
  error: string | null
}

/** Which of a webhook's deliveries. */
export interface DeliveryQuery {
  state: DeliveryState
  /** A condition beside that, about the delivery as `d`. */
  also?: Also
  /** Where the list goes on, in its order. */
  after?: string | undefined
  oldestFirst?: boolean
  /** From 1. */
  limit: number
}

/** The newest first, unless it is asked for the other way round. Rejects with StoreError. */
export async function listDeliveries(sql: Sql, webhook: string, query: DeliveryQuery): Promise<Listed[]> {
  const values: Value[] = [query.limit]
  const where = whereOf(
    [
      ['d.webhook =', webhook],
      ['d.state =', query.state],
      [query.oldestFirst ? 'd.id >' : 'd.id <', query.after],
    ],
    values,
    query.also,
  )
  const way = query.oldestFirst ? 'ASC' : 'DESC'
  const rows = await sql.query<Row & Record<'attempts' | 'created_at', number>>(
    `SELECT d.id, d.type, d.lane, d.pool, d.state, d.attempts, d.created_at, d.ended_at, d.error, l.next_at
     FROM webhook_delivery d LEFT JOIN webhook_lane l ON l.webhook = d.webhook AND l.lane = d.lane AND d.open = 1
     ${where} ORDER BY d.id ${way} LIMIT $1`,
    values,
  )
  return rows.map((row) => ({
    id: String(row.id),
    type: String(row.type),
    lane: String(row.lane),
    pool: String(row.pool),
    state: row.state as DeliveryState,
    attempts: row.attempts,
    createdAt: row.created_at,
    nextAt: row.next_at as number | null,
    endedAt: row.ended_at as number | null,
    error: row.error as string | null,
  }))
}

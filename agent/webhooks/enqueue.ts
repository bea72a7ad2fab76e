// Deliveries are written in the transaction of what they tell: a message that was stored is a webhook that will be sent.

import { v7 as uuidv7 } from 'uuid'
import type { Cipher } from '../store/cipher.ts'
import type { Queryable, Value } from '../store/sql.ts'
import { bodyOf, type Notice, type Wishes, wants } from './notice.ts'

/** From its writing to the last attempt, in milliseconds. */
export const GIVE_UP_MS = 24 * 3_600_000
/** Rows of one insert: SQLite takes 32,766 values in a statement. */
const BATCH = 500

/** A delivery that is sealed and not yet written. */
export interface DeliveryRow {
  readonly id: string
  readonly webhook: string
  readonly lane: string
  readonly type: string
  readonly pool: string
  readonly createdAt: number
  readonly payload: Uint8Array
}

/** Where the key of a webhook's payloads stands, and the place of one. */
export const scopeOf = (webhook: string): string => `webhook:${webhook}`
export const placeOf = (id: string): string => `delivery:${id}`

/** One row for each webhook that wants the notice, in the order of the notices. Asks the store for keys: outside of transactions only. */
export async function seal(
  cipher: Cipher,
  webhooks: readonly ({ id: string } & Wishes)[],
  notices: readonly Notice[],
  now: number,
): Promise<DeliveryRow[]> {
  const rows: DeliveryRow[] = []
  for (const notice of notices)
    for (const webhook of webhooks) {
      if (!wants(webhook, notice)) continue
      const id = uuidv7()
      const payload = await cipher.seal(scopeOf(webhook.id), placeOf(id), Buffer.from(bodyOf(id, notice)))
      const { lane, type, pool } = notice
      rows.push({ id, webhook: webhook.id, lane, type, pool, createdAt: now, payload })
    }
  return rows
}

/**
 * Writes the rows behind whatever their lanes hold. Until the end of the transaction nobody else adds to these lanes: what was written
 * first is committed first, whichever process wrote it and whatever its clock says.
 */
export async function write(tx: Queryable, rows: readonly DeliveryRow[]): Promise<void> {
  const lanes = new Map<string, DeliveryRow[]>()
  for (const row of rows) {
    const key = JSON.stringify([row.webhook, row.lane])
    lanes.set(key, [...(lanes.get(key) ?? []), row])
  }
  const values: Value[][] = []
  // Always in one order, so that two transactions do not wait for each other.
  for (const [, inLane] of [...lanes].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const last = await extend(tx, inLane)
    for (const [i, row] of inLane.entries()) values.push(valuesOf(row, last - inLane.length + 1 + i))
  }
  // In powers of two: every number of rows is another statement, and SQLite keeps what it has prepared.
  for (let from = 0, many = 0; from < values.length; from += many) {
    many = 2 ** Math.floor(Math.log2(Math.min(BATCH, values.length - from)))
    const batch = values.slice(from, from + many)
    const width = batch[0]?.length ?? 0
    const places = batch.map(
      (_, i) => `(${Array.from({ length: width }, (_, j) => `$${width * i + j + 1}`)})`,
    )
    await tx.query(
      `INSERT INTO webhook_delivery (id, webhook, lane, seq, type, state, open, attempts, created_at, expires_at, pool, payload)
       VALUES ${places.join(', ')} ON CONFLICT (id) DO NOTHING`,
      batch.flat(),
    )
  }
}

/** Takes as many numbers of the lane as there are rows, and holds it; answers the last. A number is never below the clock. */
async function extend(tx: Queryable, rows: readonly DeliveryRow[]): Promise<number> {
  const [first] = rows
  if (first === undefined) return 0
  const { webhook, lane, createdAt } = first
  const [row] = await tx.query<{ last_seq: number }>(
    `INSERT INTO webhook_lane (webhook, lane, next_at, held_until, last_seq) VALUES ($1, $2, $3, 0, $4)
     ON CONFLICT (webhook, lane) DO UPDATE SET last_seq =
       CASE WHEN webhook_lane.last_seq + $5 > excluded.last_seq THEN webhook_lane.last_seq + $5 ELSE excluded.last_seq END
     RETURNING last_seq`,
    [webhook, lane, createdAt, createdAt + rows.length - 1, rows.length],
  )
  return Number(row?.last_seq)
}

function valuesOf(row: DeliveryRow, seq: number): Value[] {
  const { id, webhook, lane, type, createdAt, pool, payload } = row
  return [id, webhook, lane, seq, type, 'queued', 1, 0, createdAt, createdAt + GIVE_UP_MS, pool, payload]
}

// Taking the heads of lanes and ending them: one process at a time has a lane, for as long as it holds it, and only its head goes out.

import type { Queryable, Sql, Value } from '../store/sql.ts'
import type { Head } from './before-sending.ts'
import { dropEmpty } from './lane.ts'
import type { Verdict } from './verdict.ts'

/** Lanes among which one is looked for that has not failed: those that became due last, as every one did that is new. */
const LOOK = 5_000

/** A head that this process may deliver until `heldUntil` (milliseconds since the epoch). */
export interface Claimed {
  id: string
  webhook: string
  lane: string
  heldUntil: number
  /** This attempt included. */
  attempts: number
  createdAt: number
  expiresAt: number
  payload: Uint8Array
}

/** What is asked for. Times are milliseconds, and since the epoch where they are no lengths. */
export interface Claim {
  webhook: string
  /** Lanes, at most. */
  count: number
  now: number
  holdMs: number
  /** Only lanes whose head has not been tried yet. */
  fresh: boolean
  /** What becomes of a head without being sent; null where it is to be sent. */
  before(head: Head): Verdict | null
}

export interface Taken {
  claimed: Claimed[]
  /** Heads that are not to be sent, and were not. */
  unsent: Ended[]
}

type HeadRow = {
  id: string
  type: Head['type']
  pool: string
  attempts: number
  created_at: number
  expires_at: number
  payload: Uint8Array
}

const due = 'webhook = $1 AND next_at <= $2 AND held_until <= $2'
const byTurn = `SELECT lane FROM webhook_lane WHERE ${due} ORDER BY next_at, lane LIMIT $3`
const untried = `
  SELECT lane FROM (SELECT lane, next_at FROM webhook_lane WHERE ${due} ORDER BY next_at DESC, lane DESC LIMIT ${LOOK}) l
  WHERE (
    SELECT d.attempts FROM webhook_delivery d WHERE d.webhook = $1 AND d.lane = l.lane AND d.open = 1
    ORDER BY d.seq, d.id LIMIT 1) = 0
  ORDER BY next_at, lane LIMIT $3`

/**
 * Takes up to `count` lanes that are due and that nobody holds, and counts an attempt for the head of each. A process that met the same
 * lane waits for the row, finds it held and leaves it. Rejects with StoreError.
 */
export async function claim(sql: Sql, { webhook, count, now, holdMs, fresh, before }: Claim): Promise<Taken> {
  const heldUntil = now + holdMs
  return sql.transaction(async (tx) => {
    const lanes = await tx.query<{ lane: string }>(
      `UPDATE webhook_lane SET held_until = $4 WHERE ${due} AND lane IN (${fresh ? untried : byTurn}) RETURNING lane`,
      [webhook, now, count, heldUntil],
    )
    const taken: Taken = { claimed: [], unsent: [] }
    for (const { lane } of lanes) {
      const row = await headOf(tx, webhook, lane)
      if (row === undefined) {
        await leave(tx, webhook, lane)
        continue
      }
      const { id, type, pool, attempts, created_at: createdAt, expires_at: expiresAt, payload } = row
      const head = { id, webhook, lane, heldUntil, attempts, createdAt, expiresAt, payload }
      const verdict = before({ type, pool, attempts, createdAt })
      if (verdict === null) {
        await tx.query(
          "UPDATE webhook_delivery SET state = 'claimed', attempts = attempts + 1 WHERE id = $1",
          [id],
        )
        taken.claimed.push({ ...head, attempts: attempts + 1 })
      } else {
        await settleOne(tx, head, verdict, now)
        taken.unsent.push({ claimed: head, verdict })
      }
    }
    return taken
  })
}

/** A statement of its own, after the one that took the lane: nobody else changes which head it has. */
async function headOf(tx: Queryable, webhook: string, lane: string): Promise<HeadRow | undefined> {
  const [row] = await tx.query<HeadRow>(
    `SELECT id, type, pool, attempts, created_at, expires_at, payload FROM webhook_delivery
     WHERE webhook = $1 AND lane = $2 AND open = 1 ORDER BY seq, id LIMIT 1`,
    [webhook, lane],
  )
  return row
}

/** A delivery, and what becomes of it. */
export interface Ended {
  claimed: Claimed
  verdict: Verdict
}

/**
 * Writes what became of deliveries of one webhook and lets go of their lanes, in one transaction. Answers the ids of those that were
 * written: the lanes of the others are somebody else's by now, and they go out again. Rejects with StoreError.
 */
export async function settle(sql: Sql, ended: readonly Ended[], now: number): Promise<Set<string>> {
  // Always in one order, so that two transactions do not wait for each other.
  const inOrder = ended.toSorted((a, b) => (a.claimed.lane < b.claimed.lane ? -1 : 1))
  return sql.transaction(async (tx) => {
    const written = new Set<string>()
    for (const { claimed, verdict } of inOrder)
      if (await settleOne(tx, claimed, verdict, now)) written.add(claimed.id)
    return written
  })
}

async function settleOne(tx: Queryable, claimed: Claimed, verdict: Verdict, now: number): Promise<boolean> {
  const { id, webhook, lane, heldUntil } = claimed
  const nextAt = verdict.state === 'queued' ? verdict.nextAt : now
  const held = await tx.query(
    `UPDATE webhook_lane SET held_until = 0, next_at = $4
     WHERE webhook = $1 AND lane = $2 AND held_until = $3 RETURNING lane`,
    [webhook, lane, heldUntil, nextAt],
  )
  if (held.length === 0) return false
  await tx.query(...ending(id, verdict, now))
  if (verdict.state !== 'queued') await dropEmpty(tx, { webhook, lane })
  return true
}

function ending(id: string, verdict: Verdict, now: number): [string, Value[]] {
  if (verdict.state === 'queued')
    return [
      "UPDATE webhook_delivery SET state = 'queued', error = $2, attempts = attempts - $3 WHERE id = $1 AND open = 1",
      [id, verdict.error, verdict.uncounted ? 1 : 0],
    ]
  if (verdict.state === 'dead')
    return [
      "UPDATE webhook_delivery SET state = 'dead', open = 0, ended_at = $2, error = $3 WHERE id = $1 AND open = 1",
      [id, now, `${verdict.why}: ${verdict.error}`],
    ]
  // Nobody needs to keep what the other side has.
  return [
    `UPDATE webhook_delivery SET state = 'delivered', open = 0, ended_at = $2, error = NULL, payload = $3
     WHERE id = $1 AND open = 1`,
    [id, now, new Uint8Array()],
  ]
}

/** There was no head to take: all deliveries of the lane ended otherwise, or its head did so just now. */
async function leave(tx: Queryable, webhook: string, lane: string): Promise<void> {
  await dropEmpty(tx, { webhook, lane })
  await tx.query('UPDATE webhook_lane SET held_until = 0 WHERE webhook = $1 AND lane = $2', [webhook, lane])
}

/** What a process that died was about to send, where no other process can be sending it. Rejects with StoreError. */
export async function freeAll(sql: Sql): Promise<void> {
  await sql.query('UPDATE webhook_lane SET held_until = 0 WHERE held_until > 0')
}

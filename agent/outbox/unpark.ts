// Parked messages find an account as soon as there is one, those that waited longest first, and their conversations go with them.

import type { Queryable, Sql } from '../store/sql.ts'
import type { Route } from './accept.ts'
import type { MessageRow } from './row.ts'
import { stepLine, stepped } from './steps.ts'
import { STEP } from './upkeep.ts'

/** A parked message for which there was nobody is looked at again after this time (milliseconds): others get their turn. */
const AGAIN_MS = 2_000

export interface Unparked {
  /** The accounts that have something to do now. */
  accounts: Set<string>
  /** There may be more that find somebody. */
  more: boolean
}

/** One step. Rejects with StoreError. */
export function unpark(sql: Sql, pool: string, route: Route, now: number): Promise<Unparked> {
  return sql.transaction(async (tx) => {
    const parked = await tx.query<MessageRow & { pinned: string | null }>(
      `SELECT m.*, c.account AS pinned FROM message m JOIN conversation c ON c.id = m.conversation
       WHERE m.open = 1 AND m.state = 'parked' AND m.pool = $1 AND m.next_at <= $2
       ORDER BY m.next_at, m.id LIMIT ${STEP}`,
      [pool, now],
    )
    const accounts = new Set<string>()
    const left: string[] = []
    /** Pins that were moved in this very transaction. */
    const pins = new Map<string, string>()
    for (const { id, account: named, bound, conversation, pinned, refused_by } of parked) {
      const account = route({
        pool,
        bound: bound === 1 ? named : null,
        pinned: pins.get(conversation) ?? pinned,
        region: null,
        except: refused_by === '' ? [] : refused_by.split(' '),
      })
      if (account === null) left.push(id)
      else if (await give(tx, id, account, now)) {
        accounts.add(account)
        if (account !== (pins.get(conversation) ?? pinned)) await pin(tx, conversation, account, now)
        pins.set(conversation, account)
      }
    }
    await postpone(tx, left, now + AGAIN_MS)
    return { accounts, more: parked.length === STEP && accounts.size > 0 }
  })
}

async function give(tx: Queryable, id: string, account: string, now: number): Promise<boolean> {
  const line = (state: 'queued' | 'unknown'): string =>
    stepLine({ at: now, state, account, code: 'unparked' })
  const rows = await tx.query(
    `UPDATE message SET state = CASE WHEN maybe_sent_by IS NULL THEN 'queued' ELSE 'unknown' END, account = $2, next_at = $3,
       ${stepped('CASE WHEN maybe_sent_by IS NULL THEN $4 ELSE $5 END')}
     WHERE id = $1 AND open = 1 AND state = 'parked' RETURNING id`,
    [id, account, now, line('queued'), line('unknown')],
  )
  return rows.length > 0
}

async function pin(tx: Queryable, conversation: string, account: string, now: number): Promise<void> {
  await tx.query('UPDATE conversation SET account = $2, changed_at = $3 WHERE id = $1', [
    conversation,
    account,
    now,
  ])
}

async function postpone(tx: Queryable, ids: readonly string[], until: number): Promise<void> {
  if (ids.length === 0) return
  const places = ids.map((_, i) => `$${i + 2}`).join(', ')
  await tx.query(
    `UPDATE message SET next_at = $1 WHERE state = 'parked' AND open = 1 AND id IN (${places})`,
    [until, ...ids],
  )
}

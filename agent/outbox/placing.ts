// Gives messages that wait to accounts that may send them, and their conversations go with them; who finds nobody is asked for again later.

import type { Queryable } from '../store/sql.ts'
import { hasWritten } from './accept.ts'
import type { Route } from './route.ts'
import type { MessageRow } from './row.ts'
import { stepLine, stepped } from './steps.ts'
import { sureRoute } from './sure-route.ts'
import { STEP } from './upkeep.ts'

/** A message for which there was nobody is looked at again after this time (milliseconds): others get their turn. */
const AGAIN_MS = 2_000

export interface Placed {
  /** The accounts that have something to do now. */
  accounts: Set<string>
  /** There may be more that find somebody. */
  more: boolean
  /** As they are now. */
  given: MessageRow[]
}

type Waiting = Pick<
  MessageRow,
  'id' | 'pool' | 'account' | 'bound' | 'conversation' | 'refused_by' | 'region'
> & { goes_on: number }

export interface Placing {
  /** SQL: which messages, as `m`; `$1` is the pool, `$2` the time, `$3` the account that has them, or null. */
  which: string
  pool: string
  /** Who has them now and must not have them again; null where nobody has. */
  from: string | null
  /** Stands in the history of each. */
  code: string
  /** Who has them sends those for which there is nobody else: they are not put off. */
  goesOn?: boolean
}

/**
 * One step, in the caller's transaction: those that waited longest first. Holds their conversations, as who accepts does: a failover that
 * moves one at the same moment is seen, or sees what was given. Rejects with StoreError.
 */
export async function place(
  tx: Queryable,
  { which, pool, from, code, goesOn = false }: Placing,
  route: Route,
  now: number,
): Promise<Placed> {
  const sure = await sureRoute(tx, route)
  const waiting = await tx.query<Waiting>(
    `SELECT m.id, m.pool, m.account, m.bound, m.conversation, m.refused_by, m.region,
       CASE WHEN m.bound = 1 AND ${hasWritten('m.conversation', 'm.account')} THEN 1 ELSE 0 END AS goes_on
     FROM message m
     WHERE m.open = 1 AND m.pool = $1 AND m.next_at <= $2 AND ${which}
     ORDER BY m.next_at, m.id LIMIT ${STEP}`,
    from === null ? [pool, now] : [pool, now, from],
  )
  const accounts = new Set<string>()
  const given: MessageRow[] = []
  const left: string[] = []
  const pins = await held(
    tx,
    waiting.map(({ conversation }) => conversation),
  )
  for (const { id, account: named, bound, conversation, refused_by, region, goes_on } of waiting) {
    const pinned = goes_on === 1 ? named : (pins.get(conversation) ?? null)
    const account = sure({
      pool,
      bound: bound === 1 ? named : null,
      pinned,
      region,
      except: [...(refused_by === '' ? [] : refused_by.split(' ')), ...(from === null ? [] : [from])],
      again: true,
    })
    if (account === null) {
      left.push(id)
      continue
    }
    const moved = await give(tx, id, { from, account, code, now })
    if (moved) {
      accounts.add(account)
      given.push(moved)
      if (bound === 1) continue
      if (account !== pinned) await pin(tx, conversation, account, now)
      pins.set(conversation, account)
    }
  }
  if (!goesOn) await postpone(tx, left, now + AGAIN_MS)
  return { accounts, more: waiting.length === STEP && accounts.size > 0, given }
}

/** The pins of conversations, held until the commit: in the order in which who accepts holds them, or each would wait for the other. */
async function held(tx: Queryable, conversations: readonly string[]): Promise<Map<string, string | null>> {
  const ids = [...new Set(conversations)]
  if (ids.length === 0) return new Map()
  const places = ids.map((_, i) => `$${i + 1}`).join(', ')
  const rows = await tx.query<{ id: string; account: string | null }>(
    `SELECT id, account FROM conversation WHERE id IN (${places}) ORDER BY id FOR UPDATE`,
    ids,
  )
  return new Map(rows.map(({ id, account }) => [id, account]))
}

/** Unless somebody was quicker: the account that has it, another node, or a person. */
async function give(
  tx: Queryable,
  id: string,
  { from, account, code, now }: { from: string | null; account: string; code: string; now: number },
): Promise<MessageRow | undefined> {
  const line = (state: 'queued' | 'unknown'): string => stepLine({ at: now, state, account, code })
  const still =
    from === null ? "state = 'parked'" : "state = 'queued' AND account = $6 AND maybe_sent_by IS NULL"
  const [row] = await tx.query<MessageRow>(
    `UPDATE message SET state = CASE WHEN maybe_sent_by IS NULL THEN 'queued' ELSE 'unknown' END, account = $2, next_at = $3,
       ${stepped('CASE WHEN maybe_sent_by IS NULL THEN $4 ELSE $5 END')}
     WHERE id = $1 AND open = 1 AND ${still} RETURNING *`,
    [id, account, now, line('queued'), line('unknown'), ...(from === null ? [] : [from])],
  )
  return row
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
    `UPDATE message SET next_at = $1 WHERE state IN ('parked', 'queued') AND open = 1 AND id IN (${places})`,
    [until, ...ids],
  )
}

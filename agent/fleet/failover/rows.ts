// A failover as it stands in the store: one open row for each account, its plan and every step with its inputs.

import type { HeldMode } from '../../routing/settings-rows.ts'
import type { Queryable, Row, Value } from '../../store/sql.ts'
import { type Also, whereOf } from '../../store/where.ts'
import type { AccountMode, FailoverCause, FailoverKind, FailoverState } from '../../words.ts'
import type { Ranked } from './plan.ts'

export interface StepNote {
  /** Milliseconds since the epoch. */
  at: number
  state: FailoverState
  note?: string
  /** Modes that changed with it, beside that of the account itself. */
  modes?: ModeChange[]
}

export interface ModeChange {
  account: string
  from: AccountMode
  to: AccountMode
  why: string
}

/** How an account stood before it was fenced. */
export type Had = HeldMode

/** What is kept as JSON. */
export interface FailoverData {
  who: string
  origin: string
  hard: boolean
  /** Asked for by name. */
  to: string | null
  /** Who has the work now. */
  holder: string
  /** How the account stood before it was fenced; absent until then. */
  had?: Had
  /** The mode of the chosen one when it was chosen; whoever is taken out after that has failed itself. */
  chosenMode?: AccountMode
  /** The holder, where it was put in service for this, and how it stood before. */
  lent?: Had & { account: string }
  /** The process that wrote the last step: it tells of it, and nobody else does. */
  by?: string
  ranking: Ranked[]
  /** Accounts that did not become active, with why. */
  tried: Record<string, string>
  steps: StepNote[]
  /** Messages and conversations that were moved, and messages that the failed account may have sent. */
  moved: number
  conversations: number
  unsure: number
}

export interface FailoverRow extends Row {
  id: string
  pool: string
  account: string
  chosen: string | null
  kind: FailoverKind
  cause: FailoverCause
  state: FailoverState
  open: number
  node: string
  fault_at: number
  started_at: number
  changed_at: number
  ended_at: number | null
  data: string
}

export interface Failover {
  id: string
  pool: string
  account: string
  chosen: string | null
  kind: FailoverKind
  cause: FailoverCause
  state: FailoverState
  open: boolean
  node: string
  /** Milliseconds since the epoch, like every time here. */
  faultAt: number
  startedAt: number
  changedAt: number
  endedAt: number | null
  data: FailoverData
}

function failoverOf(row: FailoverRow): Failover {
  const { fault_at, started_at, changed_at, ended_at, open, data, ...rest } = row
  return {
    ...rest,
    open: open === 1,
    faultAt: fault_at,
    startedAt: started_at,
    changedAt: changed_at,
    endedAt: ended_at,
    data: JSON.parse(data) as FailoverData,
  }
}

/** Null where one is under way for this account. */
export async function insertFailover(tx: Queryable, f: Failover): Promise<Failover | null> {
  const rows = await tx.query(
    `INSERT INTO failover (id, pool, account, chosen, kind, cause, state, open, node, fault_at, started_at, changed_at, ended_at, data)
     VALUES ($1, $2, $3, $4, $5, $6, $7, 1, $8, $9, $10, $10, NULL, $11)
     ON CONFLICT (account) WHERE open = 1 DO NOTHING RETURNING id`,
    [
      f.id,
      f.pool,
      f.account,
      f.chosen,
      f.kind,
      f.cause,
      f.state,
      f.node,
      f.faultAt,
      f.startedAt,
      JSON.stringify(f.data),
    ],
  )
  return rows.length > 0 ? f : null
}

/** What a step changes of the data; undefined takes it out. */
export type Changed = { [K in keyof FailoverData]?: FailoverData[K] | undefined }

/** Moves it from one state to the next; null where somebody else has moved it meanwhile. */
export async function advance(
  tx: Queryable,
  f: Failover,
  to: FailoverState,
  now: number,
  change: { chosen?: string | null; note?: string; modes?: ModeChange[]; data?: Changed } = {},
): Promise<Failover | null> {
  const ends = to === 'active' || to === 'rolled-back' || to === 'parked'
  const { note, modes = [] } = change
  const step: StepNote = { at: now, state: to, ...(note && { note }), ...(modes.length > 0 && { modes }) }
  const data = { ...f.data, ...change.data, steps: [...f.data.steps, step] }
  const chosen = change.chosen === undefined ? f.chosen : change.chosen
  const [row] = await tx.query<FailoverRow>(
    `UPDATE failover SET state = $3, open = $4, chosen = $5, changed_at = $6, ended_at = $7, data = $8
     WHERE id = $1 AND state = $2 AND open = 1 AND changed_at = $9 RETURNING *`,
    [f.id, f.state, to, ends ? 0 : 1, chosen, now, ends ? now : null, JSON.stringify(data), f.changedAt],
  )
  return row ? failoverOf(row) : null
}

/** All that are open, or that of one account. */
export async function openFailovers(sql: Queryable, account?: string): Promise<Failover[]> {
  const [where, values] = account === undefined ? ['', []] : ['AND account = $1', [account]]
  const rows = await sql.query<FailoverRow>(
    `SELECT * FROM failover WHERE open = 1 ${where} ORDER BY started_at`,
    values,
  )
  return rows.map(failoverOf)
}

/** As it stands; null where there is none of this id. */
export async function findFailover(sql: Queryable, id: string): Promise<Failover | null> {
  const [row] = await sql.query<FailoverRow>('SELECT * FROM failover WHERE id = $1', [id])
  return row ? failoverOf(row) : null
}

/** Rows of one delete, which other writers wait for. */
const FORGET = 500

/** Deletes some of those that are over and began before `at`, in milliseconds since the epoch; answers whether there may be more. */
export async function forgetFailovers(sql: Queryable, at: number): Promise<boolean> {
  const gone = await sql.query(
    `DELETE FROM failover WHERE id IN (
       SELECT id FROM failover WHERE open = 0 AND started_at < $1 ORDER BY started_at LIMIT ${FORGET}) RETURNING id`,
    [at],
  )
  return gone.length === FORGET
}

export interface FailoverQuery {
  account?: string | undefined
  pool?: string | undefined
  /** Only what began before the failover of this id. */
  before?: string | undefined
  /** A condition beside those. */
  also?: Also
  /** Where the list goes on, in its order. */
  after?: string | undefined
  oldestFirst?: boolean
  /** From 1. */
  limit: number
}

/** The newest first, unless it is asked for the other way round. */
export async function listFailovers(sql: Queryable, query: FailoverQuery): Promise<Failover[]> {
  const values: Value[] = [query.limit]
  const where = whereOf(
    [
      ['account =', query.account],
      ['pool =', query.pool],
      ['id <', query.before],
      [query.oldestFirst ? 'id >' : 'id <', query.after],
    ],
    values,
    query.also,
  )
  const way = query.oldestFirst ? 'ASC' : 'DESC'
  const rows = await sql.query<FailoverRow>(
    `SELECT * FROM failover ${where} ORDER BY id ${way} LIMIT $1`,
    values,
  )
  return rows.map(failoverOf)
}

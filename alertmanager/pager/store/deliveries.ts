// Rows of deliveries: who is to be told by what, and how far that is; a change of state names the state that it leaves.

import { randomBytes } from 'node:crypto'
import { v7 as uuidv7 } from 'uuid'
import type { Queryable, Row } from '../../../agent/store/sql.ts'
import type { Course } from '../decide/course.ts'
import type { ChannelName, DeliveryState, HoldReason, NoticeKind, Severity } from '../words.ts'

export interface Delivery {
  id: string
  notice: string
  page: string
  recipient: string
  firstChannel: ChannelName
  course: Course
  attempts: number
  /** Whether it waited for the end of quiet hours. */
  waited: boolean
  code: string
  reply: string | null
  kind: NoticeKind
  severity: Severity
  content: string
  nextUpdateMs: number
  startedAt: number
  measured: boolean
}

interface DeliveryRow extends Row {
  id: string
  notice: string
  page: string
  recipient: string
  first_channel: ChannelName
  course: string
  attempts: number
  waited: number
  code: string
  reply: string | null
  kind: NoticeKind
  severity: Severity
  content: string
  next_ms: number
  started_at: number
  measured: number
}

const columns = `d.id, d.notice, d.page, d.recipient, d.first_channel, d.course, d.attempts, d.waited, d.code, d.reply,
  n.kind, n.severity, n.content, n.next_ms, n.started_at, n.measured`
const joined = 'delivery d JOIN notice n ON n.id = d.notice'

function deliveryOf(row: DeliveryRow): Delivery {
  const { first_channel, course, waited, next_ms, started_at, measured, ...rest } = row
  return {
    ...rest,
    firstChannel: first_channel,
    course: JSON.parse(course) as Course,
    waited: waited === 1,
    nextUpdateMs: next_ms,
    startedAt: started_at,
    measured: measured === 1,
  }
}

export interface NewDelivery {
  notice: string
  page: string
  recipient: string
  channel: ChannelName
  /** Null where no channel reaches the recipient. */
  course: Course | null
  rank: number
  /** A number to answer with; null where he cannot answer. */
  reply: string | null
  now: number
}

/** Answers its id. */
export async function insertDelivery(tx: Queryable, d: NewDelivery): Promise<string> {
  const id = uuidv7()
  const state: DeliveryState = d.course ? 'queued' : 'failed'
  await tx.query(
    `INSERT INTO delivery (id, notice, page, recipient, first_channel, channel, course, state, rank, next_at,
       attempts, doubtful, waited, code, reply, error, created_at, ended_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, 0, 0, $11, $12, $13, $14, $15)`,
    [
      id,
      d.notice,
      d.page,
      d.recipient,
      d.channel,
      d.course?.channel ?? d.channel,
      JSON.stringify(d.course),
      state,
      d.rank,
      d.now,
      randomBytes(9).toString('base64url'),
      d.reply,
      d.course ? null : 'no-address',
      d.now,
      d.course ? null : d.now,
    ],
  )
  return id
}

/** What may be sent now by a channel, the gravest first. */
export async function dueBy(
  tx: Queryable,
  channel: ChannelName,
  now: number,
  limit: number,
): Promise<Delivery[]> {
  const rows = await tx.query<DeliveryRow>(
    `SELECT ${columns} FROM ${joined} WHERE d.state IN ('queued', 'held') AND d.channel = $1 AND d.next_at <= $2
     ORDER BY d.rank DESC, d.next_at, d.id LIMIT $3`,
    [channel, now, limit],
  )
  return rows.map(deliveryOf)
}

/** When the next one is due that is not yet, in milliseconds; null where there is none. */
export async function nextDue(tx: Queryable, now: number): Promise<number | null> {
  const [row] = await tx.query<{ at: number | null }>(
    "SELECT MIN(next_at) AS at FROM delivery WHERE state IN ('queued', 'held') AND next_at > $1",
    [now],
  )
  return row?.at ?? null
}

/** Those whose attempt was under way when the pager died. */
export async function interrupted(tx: Queryable): Promise<Delivery[]> {
  const rows = await tx.query<DeliveryRow>(`SELECT ${columns} FROM ${joined} WHERE d.state = 'sending'`)
  return rows.map(deliveryOf)
}

export async function byId(tx: Queryable, id: string): Promise<Delivery | undefined> {
  const [row] = await tx.query<DeliveryRow>(`SELECT ${columns} FROM ${joined} WHERE d.id = $1`, [id])
  return row && deliveryOf(row)
}

/** Whether it was sent, and the provider took it under that name. */
export async function isTakenAs(tx: Queryable, id: string, providerId: string): Promise<boolean> {
  const rows = await tx.query(
    "SELECT id FROM delivery WHERE id = $1 AND state = 'sent' AND provider_id = $2",
    [id, providerId],
  )
  return rows.length > 0
}

/** The change of a delivery that waits for a time. @param from the states that it may be in; false where it is in none of them */
export async function setWaiting(
  tx: Queryable,
  id: string,
  from: readonly DeliveryState[],
  to: { course: Course; at: number; why: HoldReason | null; error: string | null },
): Promise<boolean> {
  const rows = await tx.query(
    `UPDATE delivery SET state = $2, why = $3, course = $4, channel = $5, next_at = $6, error = COALESCE($7, error),
       waited = CASE WHEN $3 = 'quiet-hours' THEN 1 ELSE waited END
     WHERE id = $1 AND state IN (${quoted(from)}) RETURNING id`,
    [
      id,
      to.why === null ? 'queued' : 'held',
      to.why,
      JSON.stringify(to.course),
      to.course.channel,
      to.at,
      to.error,
    ],
  )
  return rows.length > 0
}

/** The end of a delivery. */
export async function setEnded(
  tx: Queryable,
  id: string,
  from: readonly DeliveryState[],
  to: {
    state: 'sent' | 'failed' | 'cancelled'
    now: number
    providerId: string | null
    error: string | null
  },
): Promise<boolean> {
  const rows = await tx.query(
    `UPDATE delivery SET state = $2, why = NULL, ended_at = $3, provider_id = COALESCE($4, provider_id), error = $5
     WHERE id = $1 AND state IN (${quoted(from)}) RETURNING id`,
    [id, to.state, to.now, to.providerId, to.error],
  )
  return rows.length > 0
}

/** Words of the program's own. */
function quoted(states: readonly DeliveryState[]): string {
  return states.map((state) => `'${state}'`).join(', ')
}

export interface Cancelled {
  id: string
  recipient: string
  channel: ChannelName
}

/** What has not begun of a page is not wanted any more. @param recipients of theirs only; null for everybody */
export async function cancelOf(
  tx: Queryable,
  page: string,
  recipients: readonly string[] | null,
  now: number,
): Promise<Cancelled[]> {
  return tx.query<Cancelled & Row>(
    `UPDATE delivery SET state = 'cancelled', why = NULL, ended_at = $2
     WHERE page = $1 AND state IN ('queued', 'held')
       AND ($3 IS NULL OR recipient IN (SELECT value FROM json_each($3)))
     RETURNING id, recipient, channel`,
    [page, now, recipients && JSON.stringify(recipients)],
  )
}

export interface Told {
  recipient: string
  /** The receiver that wanted it. */
  receiver: string
  channels: ChannelName[]
  state: DeliveryState
  /** The answer to an attempt was never known: he may have been told. */
  doubtful: boolean
  /** When it was sent, or else written, in milliseconds. */
  at: number
}

interface ToldRow extends Row {
  recipient: string
  receiver: string
  state: DeliveryState
  doubtful: number
  created_at: number
  ended_at: number | null
}

/** Whom a page was meant for, by what, and what became of it. */
export async function toldOf(tx: Queryable, page: string): Promise<Told[]> {
  const rows = await tx.query<ToldRow>(
    `SELECT d.recipient, n.receiver, d.first_channel, d.channel, d.state, d.doubtful, d.created_at, d.ended_at
     FROM ${joined} WHERE d.page = $1 AND n.kind <> 'resolved'`,
    [page],
  )
  return rows.map((row) => ({
    recipient: row.recipient,
    receiver: row.receiver,
    channels: [row.first_channel, row.channel] as ChannelName[],
    state: row.state,
    doubtful: row.doubtful > 0,
    at: row.state === 'sent' ? (row.ended_at ?? row.created_at) : row.created_at,
  }))
}

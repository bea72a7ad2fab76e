// Somebody has taken a page: what was not sent yet stays away, and the history shows who read it when.

import type { Row, Sql } from '../../../agent/store/sql.ts'
import type { Events } from '../events.ts'
import { insertCallback } from '../store/attempts.ts'
import { cancelOf } from '../store/deliveries.ts'
import { noteRead } from '../store/notices.ts'
import type { AckWay, ChannelName } from '../words.ts'

export interface AcknowledgeParts {
  sql: Sql
  events: Events
}

/** A delivery as whoever acknowledges it needs it. */
export interface Asked {
  delivery: string
  page: string
  recipient: string
  channel: ChannelName
  alert: string
  account: string | null
  open: boolean
}

interface AskedRow extends Row {
  delivery: string
  page: string
  recipient: string
  channel: ChannelName
  alert: string
  account: string | null
  open: number
}

const asked = `SELECT d.id AS delivery, d.page, d.recipient, d.channel, p.alert, p.account,
    CASE WHEN p.state = 'open' THEN 1 ELSE 0 END AS open
  FROM delivery d JOIN page p ON p.id = d.page`

function askedOf(row: AskedRow | undefined): Asked | null {
  return row ? { ...row, open: row.open === 1 } : null
}

/** The delivery that a link or a call is about; null where there is none any more. */
export async function byCode(sql: Sql, code: string): Promise<Asked | null> {
  const [row] = await sql.query<AskedRow>(`${asked} WHERE d.code = $1`, [code])
  return askedOf(row)
}

/** The newest open page of the recipient that asked for this number; null where none did. */
export async function byReply(sql: Sql, recipient: string, reply: string): Promise<Asked | null> {
  const [row] = await sql.query<AskedRow>(
    `${asked} WHERE d.recipient = $1 AND d.reply = $2 AND p.state = 'open' ORDER BY d.id DESC LIMIT 1`,
    [recipient, reply],
  )
  return askedOf(row)
}

/** The delivery of a notice that somebody read in the history; null where there is none. */
export async function byNotice(sql: Sql, notice: string): Promise<Asked | null> {
  const [row] = await sql.query<AskedRow>(`${asked} WHERE d.notice = $1 ORDER BY d.id LIMIT 1`, [notice])
  return askedOf(row)
}

/** False where the page is over. Doing it again is harmless. Rejects with StoreError. */
export async function acknowledge(
  { sql, events }: AcknowledgeParts,
  { delivery, page }: Asked,
  via: AckWay,
  who: string,
  now: number,
): Promise<boolean> {
  const done = await sql.transaction(async (tx) => {
    await insertCallback(tx, delivery, 'acknowledged', via, now)
    const first = await tx.query(
      `UPDATE page SET acknowledged_at = $2, acknowledged_by = $3 WHERE id = $1 AND state = 'open' AND acknowledged_at IS NULL
       RETURNING id`,
      [page, now, who],
    )
    if (first.length === 0) {
      const [row] = await tx.query<{ state: string }>('SELECT state FROM page WHERE id = $1', [page])
      return { open: row?.state === 'open', cancelled: null }
    }
    await noteRead(tx, page, now)
    return { open: true, cancelled: await cancelOf(tx, page, ['queued', 'held'], now) }
  })
  if (done.cancelled) {
    events.tell('page.acknowledged', { page, via, who, cancelled: done.cancelled.length })
    for (const { id, recipient, channel } of done.cancelled)
      events.tell('delivery.ended', {
        page,
        delivery: id,
        recipient,
        channel,
        outcome: 'cancelled',
        delayMs: null,
      })
  }
  return done.open
}

/** What a provider reported of a delivery is kept. */
export async function noteReport(sql: Sql, delivery: string, said: string, now: number): Promise<void> {
  await insertCallback(sql, delivery, 'report', said.slice(0, 40), now)
}

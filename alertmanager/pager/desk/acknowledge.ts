// Somebody has taken a page: what was not sent yet stays away, and the history shows who read it when.

import type { Row, Sql } from '../../../agent/store/sql.ts'
import type { Events } from '../events.ts'
import { insertCallback } from '../store/attempts.ts'
import { cancelOf } from '../store/deliveries.ts'
import { noteRead } from '../store/notices.ts'
import { openLevelOf, takePage } from '../store/pages.ts'
import { type AckWay, type ChannelName, rankOf, type Severity } from '../words.ts'

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
  /** What he was told. */
  severity: Severity
  /** What it is by now. */
  level: Severity
  open: boolean
}

/** `outdone`: it has got worse than whoever acknowledged it knew. */
export type Acknowledged = 'done' | 'over' | 'outdone'

interface AskedRow extends Row {
  delivery: string
  page: string
  recipient: string
  channel: ChannelName
  alert: string
  account: string | null
  severity: Severity
  level: Severity
  open: number
}

const asked = `SELECT d.id AS delivery, d.page, d.recipient, d.channel, p.alert, p.account, n.severity, p.level,
    CASE WHEN p.state = 'open' THEN 1 ELSE 0 END AS open
  FROM delivery d JOIN page p ON p.id = d.page JOIN notice n ON n.id = d.notice`

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

/**
 * Doing it again is harmless. Rejects with StoreError.
 * @param knows how grave the page is to his knowledge: nobody takes by an old message what he was never told
 */
export async function acknowledge(
  { sql, events }: AcknowledgeParts,
  { delivery, page }: Pick<Asked, 'delivery' | 'page'>,
  { via, who, knows }: { via: AckWay; who: string; knows: Severity },
  now: number,
): Promise<Acknowledged> {
  const done = await sql.transaction(async (tx) => {
    const level = await openLevelOf(tx, page)
    if (level === null) return { what: 'over', cancelled: null } as const
    if (rankOf(level) > rankOf(knows)) return { what: 'outdone', cancelled: null } as const
    await insertCallback(tx, delivery, 'acknowledged', via, now)
    if (!(await takePage(tx, page, who, now))) return { what: 'done', cancelled: null } as const
    await noteRead(tx, page, who, now)
    return { what: 'done', cancelled: await cancelOf(tx, page, null, now) } as const
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
  return done.what
}

/** What a provider reported of a delivery is kept. */
export async function noteReport(sql: Sql, delivery: string, said: string, now: number): Promise<void> {
  await insertCallback(sql, delivery, 'report', said.slice(0, 40), now)
}

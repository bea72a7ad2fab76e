// What people were told, by whom it was taken and when it was read: the shape that the admin API shows.

import { iso } from '../../../agent/iso.ts'
import type { Row, Sql } from '../../../agent/store/sql.ts'
import type { Content } from '../decide/group.ts'
import type { ChannelName, DeliveryState, NoticeKind, Severity } from '../words.ts'

export interface Notification {
  id: string
  account: string | null
  /** The alert's name in capitals: QR_REGENERATION_FAILED. */
  type: string
  /** Those that a provider took it by; those that it was meant for where none has. */
  channels: ChannelName[]
  priority: 'HIGH' | 'MEDIUM' | 'LOW'
  status: 'PENDING' | 'SENT' | 'ACKNOWLEDGED' | 'FAILED' | 'CANCELLED'
  sentAt: string | null
  readAt: string | null
  metadata: {
    attempts: number
    suggestedAction: string
    severity: Severity
    kind: NoticeKind
    page: string
    receiver: string
    /** A recipient, or whoever the API was given. */
    acknowledgedBy: string | null
    createdAt: string
    possibleDuplicates: number
    recipients: { name: string; channel: ChannelName; state: DeliveryState; attempts: number }[]
  }
}

export interface Filter {
  account?: string | undefined
  severity?: Severity | undefined
  /** Milliseconds. */
  since?: number
  /** 1 to 1000 */
  limit: number
}

interface NoticeRow extends Row {
  id: string
  page: string
  kind: NoticeKind
  severity: Severity
  receiver: string
  alert: string
  account: string | null
  content: string
  created_at: number
  sent_at: number | null
  sent_no: number | null
  read_at: number | null
  read_by: string | null
}
interface DeliveryRow extends Row {
  notice: string
  recipient: string
  channel: ChannelName
  state: DeliveryState
  attempts: number
  doubtful: number
}

const priorities = { critical: 'HIGH', warning: 'MEDIUM', info: 'LOW' } as const

export class History {
  #sql: Sql

  constructor(sql: Sql) {
    this.#sql = sql
  }

  /** The newest first. Rejects with StoreError. */
  async list({ account, severity, since, limit }: Filter): Promise<Notification[]> {
    const rows = await this.#sql.query<NoticeRow>(
      `SELECT * FROM notice WHERE ($1 IS NULL OR account = $1) AND ($2 IS NULL OR severity = $2) AND created_at >= $3
       ORDER BY id DESC LIMIT $4`,
      [account ?? null, severity ?? null, since ?? 0, limit],
    )
    return this.#whole(rows)
  }

  /** What was sent after the number, in that order, and the number of the last of them; without any it is the highest there is. */
  async sentAfter(after: number, limit: number): Promise<{ notifications: Notification[]; cursor: number }> {
    const rows = await this.#sql.query<NoticeRow>(
      'SELECT * FROM notice WHERE sent_no > $1 ORDER BY sent_no LIMIT $2',
      [after, limit],
    )
    const [last] = await this.#sql.query<{ no: number | null }>('SELECT MAX(sent_no) AS no FROM notice')
    const notifications = await this.#whole(rows)
    return { notifications, cursor: rows.at(-1)?.sent_no ?? Math.min(after, last?.no ?? 0) }
  }

  async #whole(rows: readonly NoticeRow[]): Promise<Notification[]> {
    const deliveries = await this.#sql.query<DeliveryRow>(
      `SELECT notice, recipient, channel, state, attempts, doubtful FROM delivery
       WHERE notice IN (SELECT value FROM json_each($1)) ORDER BY id`,
      [JSON.stringify(rows.map(({ id }) => id))],
    )
    const of = Map.groupBy(deliveries, ({ notice }) => notice)
    return rows.map((row) => notificationOf(row, of.get(row.id) ?? []))
  }
}

function notificationOf(row: NoticeRow, deliveries: readonly DeliveryRow[]): Notification {
  const sent = deliveries.filter(({ state }) => state === 'sent')
  const shown = sent.length > 0 ? sent : deliveries
  return {
    id: row.id,
    account: row.account,
    type: typeOf(row.alert),
    channels: [...new Set(shown.map(({ channel }) => channel))],
    priority: priorities[row.severity],
    status: statusOf(row, deliveries),
    sentAt: iso(row.sent_at),
    readAt: iso(row.read_at),
    metadata: {
      attempts: deliveries.reduce((sum, { attempts }) => sum + attempts, 0),
      suggestedAction: (JSON.parse(row.content) as Content).action,
      severity: row.severity,
      kind: row.kind,
      page: row.page,
      receiver: row.receiver,
      acknowledgedBy: row.read_by,
      createdAt: iso(row.created_at),
      possibleDuplicates: deliveries.reduce((sum, { doubtful }) => sum + doubtful, 0),
      recipients: deliveries.map(({ recipient: name, channel, state, attempts }) => ({
        name,
        channel,
        state,
        attempts,
      })),
    },
  }
}

function statusOf(row: NoticeRow, deliveries: readonly DeliveryRow[]): Notification['status'] {
  const some = (...states: DeliveryState[]): boolean => deliveries.some(({ state }) => states.includes(state))
  if (row.read_at !== null) return 'ACKNOWLEDGED'
  if (some('sent')) return 'SENT'
  if (some('queued', 'sending', 'held')) return 'PENDING'
  return some('failed') ? 'FAILED' : 'CANCELLED'
}

/** CamelCase to capitals: the form of the API's other types. */
function typeOf(alert: string): string {
  return alert.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase()
}

// Rows of notices: what people are told of a page at one time.

import { v7 as uuidv7 } from 'uuid'
import type { Queryable } from '../../../agent/store/sql.ts'
import type { Content } from '../decide/group.ts'
import type { NoticeKind, Severity } from '../words.ts'

export interface NewNotice {
  page: string
  kind: NoticeKind
  severity: Severity
  receiver: string
  content: Content
  nextUpdateMs: number
  startedAt: number
  /** Whether the time from its beginning to its sending says how fast the pager is. */
  measured: boolean
  now: number
}

/** Answers its id. */
export async function insertNotice(tx: Queryable, notice: NewNotice): Promise<string> {
  const id = uuidv7()
  const { page, kind, severity, receiver, content, nextUpdateMs, startedAt, measured, now } = notice
  await tx.query(
    `INSERT INTO notice (id, page, kind, severity, receiver, alert, account, content, next_ms, started_at, measured, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    [
      id,
      page,
      kind,
      severity,
      receiver,
      content.alert,
      content.account,
      JSON.stringify(content),
      nextUpdateMs,
      startedAt,
      measured ? 1 : 0,
      now,
    ],
  )
  return id
}

/** The first of its deliveries has been taken. Notices are numbered in that order, so that a reader can go on where he was. */
export async function noteSent(tx: Queryable, notice: string, now: number): Promise<void> {
  await tx.query(
    `UPDATE notice SET sent_at = $2, sent_no = (SELECT COALESCE(MAX(sent_no), 0) + 1 FROM notice)
     WHERE id = $1 AND sent_at IS NULL`,
    [notice, now],
  )
}

/** Somebody has read what was sent of the page. */
export async function noteRead(tx: Queryable, page: string, who: string, now: number): Promise<void> {
  await tx.query('UPDATE notice SET read_at = $2, read_by = $3 WHERE page = $1 AND read_at IS NULL', [
    page,
    now,
    who,
  ])
}

/** The last that was said of a page; undefined where nothing was. */
export async function lastContent(tx: Queryable, page: string): Promise<Content | undefined> {
  const [row] = await tx.query<{ content: string }>(
    'SELECT content FROM notice WHERE page = $1 ORDER BY id DESC LIMIT 1',
    [page],
  )
  return row && (JSON.parse(row.content) as Content)
}

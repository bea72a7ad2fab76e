// Rows of pages and of the groups of alerts that belong to them.

import { v7 as uuidv7 } from 'uuid'
import type { Queryable, Row } from '../../../agent/store/sql.ts'
import type { Content } from '../decide/group.ts'
import type { KnownPage } from '../decide/page.ts'
import type { KnownGroup, StandingAlert } from '../decide/standing.ts'
import type { NoticeKind, Severity } from '../words.ts'

export interface OpenPage extends KnownPage {
  id: string
}

interface PageRow extends Row {
  id: string
  level: Severity
  acknowledged_at: number | null
  heard_at: number
}
interface GroupRow extends Row {
  key: string
  alerts: string
  truncated: number
  heard_at: number
  forget_ms: number
}

/** The page that is open under the key; null where there is none. */
export async function openPageOf(tx: Queryable, key: string): Promise<OpenPage | null> {
  const [page] = await tx.query<PageRow>(
    "SELECT id, level, acknowledged_at, heard_at FROM page WHERE key = $1 AND state = 'open'",
    [key],
  )
  if (!page) return null
  const groups = await tx.query<GroupRow>(
    'SELECT key, alerts, truncated, heard_at, forget_ms FROM page_group WHERE page = $1',
    [page.id],
  )
  return {
    id: page.id,
    level: page.level,
    acknowledged: page.acknowledged_at !== null,
    heardAt: page.heard_at,
    groups: groups.map((group) => ({
      key: group.key,
      alerts: JSON.parse(group.alerts) as StandingAlert[],
      truncated: group.truncated === 1,
      heardAt: group.heard_at,
      forgetMs: group.forget_ms,
    })),
  }
}

export interface NewPage {
  key: string
  level: Severity
  content: Pick<Content, 'alert' | 'account'>
  receiver: string
  now: number
}

/** Answers its id. */
export async function insertPage(
  tx: Queryable,
  { key, level, content, receiver, now }: NewPage,
): Promise<string> {
  const id = uuidv7()
  await tx.query(
    `INSERT INTO page (id, key, state, level, alert, account, receiver, opened_at, heard_at)
     VALUES ($1, $2, 'open', $3, $4, $5, $6, $7, $8)`,
    [id, key, level, content.alert, content.account, receiver, now, now],
  )
  return id
}

/** The page as it was heard now: all of its groups and no others. */
export async function notePage(
  tx: Queryable,
  page: string,
  { level, groups, now }: { level: Severity; groups: readonly KnownGroup[]; now: number },
): Promise<void> {
  await tx.query('UPDATE page SET level = $2, heard_at = $3 WHERE id = $1', [page, level, now])
  await tx.query('DELETE FROM page_group WHERE page = $1', [page])
  for (const { key, alerts, truncated, heardAt, forgetMs } of groups)
    await tx.query(
      'INSERT INTO page_group (page, key, alerts, truncated, heard_at, forget_ms) VALUES ($1, $2, $3, $4, $5, $6)',
      [page, key, JSON.stringify(alerts), truncated ? 1 : 0, heardAt, forgetMs],
    )
}

/** Somebody has the page, and all alerts that are known of it. False where somebody else has it already. */
export async function takePage(tx: Queryable, page: string, who: string, now: number): Promise<boolean> {
  const first = await tx.query(
    `UPDATE page SET acknowledged_at = $2, acknowledged_by = $3
     WHERE id = $1 AND state = 'open' AND acknowledged_at IS NULL RETURNING id`,
    [page, now, who],
  )
  if (first.length === 0) return false
  await tx.query(
    `UPDATE page_group SET alerts =
       (SELECT json_group_array(json_set(value, '$.taken', json('true'))) FROM json_each(alerts)) WHERE page = $1`,
    [page],
  )
  return true
}

export async function unacknowledge(tx: Queryable, page: string): Promise<void> {
  await tx.query('UPDATE page SET acknowledged_at = NULL, acknowledged_by = NULL WHERE id = $1', [page])
}

export async function endPage(tx: Queryable, page: string, why: string, now: number): Promise<void> {
  await tx.query("UPDATE page SET state = 'over', ended_at = $2, ended_why = $3 WHERE id = $1", [
    page,
    now,
    why,
  ])
}

/** Open pages of which no group was heard for as long as its receiver says. */
export async function forgottenPages(tx: Queryable, now: number, limit: number): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `SELECT id FROM page WHERE state = 'open' AND NOT EXISTS (SELECT 1 FROM page_group
       WHERE page = page.id AND heard_at + forget_ms >= $1) LIMIT $2`,
    [now, limit],
  )
  return rows.map(({ id }) => id)
}

/** How grave a page is; null where it is over. */
export async function openLevelOf(tx: Queryable, page: string): Promise<Severity | null> {
  const [row] = await tx.query<{ level: Severity }>(
    "SELECT level FROM page WHERE id = $1 AND state = 'open'",
    [page],
  )
  return row?.level ?? null
}

/**
 * Whether the recipient is still to be told by the delivery: of a page that is open, that nobody has acknowledged, and of which nothing
 * graver is on its way to him since. That a page is over is told in any case.
 */
export async function isWanted(
  tx: Queryable,
  { id, page, recipient, kind }: { id: string; page: string; recipient: string; kind: NoticeKind },
): Promise<boolean> {
  if (kind === 'resolved') return true
  const rows = await tx.query(
    `SELECT p.id FROM page p JOIN delivery d ON d.id = $2
     WHERE p.id = $1 AND p.state = 'open' AND p.acknowledged_at IS NULL AND NOT EXISTS (SELECT 1 FROM delivery later
       WHERE later.page = $1 AND later.recipient = $3 AND later.id > $2 AND later.rank > d.rank
         AND later.state IN ('queued', 'sending', 'held', 'sent'))`,
    [page, id, recipient],
  )
  return rows.length > 0
}

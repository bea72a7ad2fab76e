// Rows of pages and of the groups of alerts that belong to them.

import { v7 as uuidv7 } from 'uuid'
import type { Queryable, Row } from '../../../agent/store/sql.ts'
import type { Group } from '../decide/group.ts'
import type { KnownPage } from '../decide/page.ts'
import type { Severity } from '../words.ts'

export interface OpenPage extends KnownPage {
  id: string
}

interface PageRow extends Row {
  id: string
  level: Severity
  acknowledged_at: number | null
  heard_at: number
  forget_ms: number
}
interface GroupRow extends Row {
  key: string
  firing: number
  severity: Severity
  occurrences: string
  heard_at: number
}

/** The page that is open under the key; null where there is none. */
export async function openPageOf(tx: Queryable, key: string): Promise<OpenPage | null> {
  const [page] = await tx.query<PageRow>(
    "SELECT id, level, acknowledged_at, heard_at, forget_ms FROM page WHERE key = $1 AND state = 'open'",
    [key],
  )
  if (!page) return null
  const groups = await tx.query<GroupRow>(
    'SELECT key, firing, severity, occurrences, heard_at FROM page_group WHERE page = $1',
    [page.id],
  )
  return {
    id: page.id,
    level: page.level,
    acknowledged: page.acknowledged_at !== null,
    heardAt: page.heard_at,
    forgetMs: page.forget_ms,
    groups: groups.map((group) => ({
      key: group.key,
      firing: group.firing === 1,
      severity: group.severity,
      occurrences: JSON.parse(group.occurrences) as string[],
      heardAt: group.heard_at,
    })),
  }
}

/** Answers its id. */
export async function insertPage(
  tx: Queryable,
  { page, severity, content }: Group,
  { receiver, forgetMs, now }: { receiver: string; forgetMs: number; now: number },
): Promise<string> {
  const id = uuidv7()
  await tx.query(
    `INSERT INTO page (id, key, state, level, alert, account, receiver, opened_at, heard_at, forget_ms)
     VALUES ($1, $2, 'open', $3, $4, $5, $6, $7, $8, $9)`,
    [id, page, severity, content.alert, content.account, receiver, now, now, forgetMs],
  )
  return id
}

/** The group as it was heard now. A page that several receivers know is kept as long as the most patient of them says. */
export async function noteGroup(
  tx: Queryable,
  page: string,
  { key, firing, severity, occurrences }: Group,
  { level, forgetMs, now }: { level: Severity; forgetMs: number; now: number },
): Promise<void> {
  await tx.query(
    `INSERT INTO page_group (page, key, firing, severity, occurrences, heard_at) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (page, key) DO UPDATE SET firing = excluded.firing, severity = excluded.severity,
       occurrences = excluded.occurrences, heard_at = excluded.heard_at`,
    [page, key, firing ? 1 : 0, severity, JSON.stringify(occurrences), now],
  )
  await tx.query(
    `UPDATE page SET level = $2, heard_at = $3,
       forget_ms = CASE WHEN forget_ms > $4 THEN forget_ms ELSE $4 END WHERE id = $1`,
    [page, level, now, forgetMs],
  )
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

/** Whether the page wants anybody to be told. */
export async function standingOf(
  tx: Queryable,
  page: string,
): Promise<{ open: boolean; acknowledged: boolean }> {
  const [row] = await tx.query<{ state: string; acknowledged_at: number | null }>(
    'SELECT state, acknowledged_at FROM page WHERE id = $1',
    [page],
  )
  return { open: row?.state === 'open', acknowledged: (row?.acknowledged_at ?? null) !== null }
}

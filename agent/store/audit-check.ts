// Proves the audit trail, or names the first row that was changed, is missing, or does not belong there.

import { type AuditRow, columns, genesis, hashOf } from './audit.ts'
import type { Queryable } from './sql.ts'

const PAGE = 500

export interface Broken {
  /** Number of the row. */
  seq: number
  what: 'changed' | 'missing' | 'inserted' | 'cut-off'
}

/** `rows` were found good; the hash of the head, noted elsewhere, proves later that the whole was not written anew. */
export type AuditProof =
  | { ok: true; rows: number; hash: string }
  | { ok: false; rows: number; broken: Broken; hash: string | null }

/** The end of the chain, and the last row that there is. */
export type Head = {
  seq: number | null
  hash: string | null
  last: number | null
}

/** What is remembered of a row: enough to tell whether the next one follows it. */
export type Mark = Pick<AuditRow, 'seq' | 'hash'>

/**
 * Reads the trail in pages, up to its end as of now; rows that are appended meanwhile are not looked at. Rejects with StoreError.
 * What it cannot see: a trail that was written anew from some row to its end, head included, by somebody who can write to the store.
 */
export async function verify(sql: Queryable): Promise<AuditProof> {
  const head = await headOf(sql)
  const end = head.seq ?? 0
  let last: AuditRow | null = null
  for (;;) {
    const page: AuditRow[] = await rowsAfter(sql, last, end, PAGE)
    for (const row of page) {
      const broken = breakAt(row, last)
      if (broken) return { ok: false, rows: Math.max(0, broken.seq - 1), broken, hash: head.hash }
      last = row
    }
    if (page.length < PAGE) break
  }
  const broken = breakAtEnd(last, head)
  const rows = last?.seq ?? 0
  if (broken) return { ok: false, rows: Math.min(rows, broken.seq - 1), broken, hash: head.hash }
  return { ok: true, rows, hash: head.hash ?? genesis }
}

/** One statement, so that the end and the last row are of one moment. */
export async function headOf(sql: Queryable): Promise<Head> {
  const [found] = await sql.query<Head>(
    `SELECT (SELECT seq FROM audit_head WHERE one = 1) AS seq, (SELECT hash FROM audit_head WHERE one = 1) AS hash,
       (SELECT max(seq) FROM audit) AS last`,
  )
  return found ?? { seq: null, hash: null, last: null }
}

/** Rows after the mark, or from the first, up to the end as it was when the head was read. */
export function rowsAfter(
  sql: Queryable,
  last: Mark | null,
  end: number,
  limit: number,
): Promise<AuditRow[]> {
  return sql.query<AuditRow>(
    `SELECT ${columns} FROM audit WHERE seq > $1 AND seq <= $2 ORDER BY seq LIMIT ${limit}`,
    [last?.seq ?? Number.MIN_SAFE_INTEGER, end],
  )
}

/** What is wrong with a row, or with the one before it; null where it follows as it should. */
export function breakAt(row: AuditRow, last: Mark | null): Broken | null {
  const due = (last?.seq ?? 0) + 1
  if (row.seq < due) return { seq: row.seq, what: 'inserted' }
  if (row.seq > due) return { seq: due, what: 'missing' }
  const sound = hashOf(row) === row.hash
  const follows = row.previous === (last?.hash ?? genesis)
  if (sound && follows) return null
  // A sound row that follows something else: the one before it was given a new hash.
  return { seq: sound && last ? last.seq : row.seq, what: 'changed' }
}

/** What is wrong with the end, when everything before it was good. */
export function breakAtEnd(last: Mark | null, head: Head): Broken | null {
  const seq = last?.seq ?? 0
  const end = head.seq ?? 0
  if (seq < end) return { seq: seq + 1, what: 'cut-off' }
  if ((head.last ?? 0) > end) return { seq: end + 1, what: 'inserted' }
  return last !== null && last.hash !== head.hash ? { seq, what: 'changed' } : null
}

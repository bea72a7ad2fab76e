// Proves the audit trail, or names the first row that was changed, is missing, or does not belong there.

import { genesis, hashOf } from './audit.ts'
import { type AuditRow, integerOf, isWhole, type RawRow, rawColumns, rowOf } from './audit-rows.ts'
import type { Queryable, Row } from './sql.ts'

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
  /** Whether a row has no number at all, which SQLite allows. */
  nameless: boolean
}

/** A row that was read to be proved. */
export interface Shown extends AuditRow {
  /** Whether its numbers are such as the agent writes. */
  whole: 0 | 1
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
  let last: Mark | null = null
  for (;;) {
    const page: Shown[] = await rowsAfter(sql, last, end, PAGE)
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
  const [found] = await sql.query<RawHead>(
    `SELECT (SELECT CAST(seq AS TEXT) FROM audit_head WHERE one = 1) AS seq,
       (SELECT hash FROM audit_head WHERE one = 1) AS hash,
       (SELECT CAST(max(seq) AS TEXT) FROM audit) AS last, (SELECT count(*) FROM audit WHERE seq IS NULL) AS nameless`,
  )
  const { seq = null, hash = null, last = null, nameless = 0 } = found ?? {}
  const number = (text: string | null): number | null => (text === null ? null : integerOf(text))
  return { seq: number(seq), hash, last: number(last), nameless: nameless > 0 }
}

interface RawHead extends Row {
  seq: string | null
  hash: string | null
  last: string | null
  nameless: number
}

/** Rows after the mark, or from the very first, up to the end as it was when the head was read. */
export async function rowsAfter(
  sql: Queryable,
  last: Pick<Mark, 'seq'> | null,
  end: number,
  limit: number,
): Promise<Shown[]> {
  const rows = await sql.query<RawRow>(
    `SELECT ${rawColumns} FROM audit WHERE audit.seq <= $1${last ? ' AND audit.seq > $2' : ''}
     ORDER BY audit.seq LIMIT ${limit}`,
    last ? [end, last.seq] : [end],
  )
  return rows.map((raw) => ({ ...rowOf(raw), whole: isWhole(raw) ? 1 : 0 }))
}

/** What is wrong with a row, or with the one before it; null where it follows as it should. */
export function breakAt(row: Shown, last: Mark | null): Broken | null {
  const due = (last?.seq ?? 0) + 1
  if (row.seq < due) return { seq: row.seq, what: 'inserted' }
  if (row.seq > due) return { seq: due, what: 'missing' }
  const sound = row.whole === 1 && hashOf(row) === row.hash
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
  if (head.nameless || (head.last ?? 0) > end) return { seq: end + 1, what: 'inserted' }
  return last !== null && last.hash !== head.hash ? { seq, what: 'changed' } : null
}

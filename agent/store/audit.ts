// The audit trail: who changed what, each row bound to the one before it by a hash, written in the transaction of the change itself.

import { createHash } from 'node:crypto'
import { type AuditRow, type RawRow, rawColumns, rowOf } from './audit-rows.ts'
import type { Queryable, Value } from './sql.ts'
import { type Also, whereOf } from './where.ts'

export type { AuditRow } from './audit-rows.ts'

/** Who asks for a change, and from where. */
export interface Author {
  /** A token's name, or the part of the agent that decided by itself. */
  who: string
  /** An address, or a node. */
  origin: string
}

/** What a caller says of a change; no phone number and no text of a message belongs here. */
export interface AuditEntry extends Author {
  /** A short name such as `strategy.set`. */
  what: string
  pool: string | null
  account: string | null
  /** `done`, or how it ended otherwise. */
  outcome: string
  data: Readonly<Record<string, unknown>>
}

const columns = 'seq, at, who, what, pool, account, origin, outcome, data, previous, hash'

/** What the first row follows. */
export const genesis = '0'.repeat(64)

/**
 * Adds a row at the end of the chain; answers its number. Whoever else appends waits from here to the end of the caller's transaction, so
 * this comes last in it. Rejects with StoreError.
 * @param at milliseconds since the epoch
 */
export async function append(tx: Queryable, entry: AuditEntry, at: number): Promise<number> {
  // The row of the head is the lock of the chain: updated first, held until the commit.
  const [head] = await tx.query<{ seq: number; hash: string }>(
    `INSERT INTO audit_head (one, seq, hash) VALUES (1, 1, $1)
     ON CONFLICT (one) DO UPDATE SET seq = audit_head.seq + 1 RETURNING seq, hash`,
    [genesis],
  )
  if (!head) throw new Error('the head of the audit trail was neither made nor found')
  const { who, what, pool, account, origin, outcome } = entry
  const data = canonical(entry.data)
  const body = { seq: head.seq, at, who, what, pool, account, origin, outcome, data }
  const hash = hashOf({ ...body, previous: head.hash })
  await tx.query(`INSERT INTO audit (${columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`, [
    head.seq,
    at,
    who,
    what,
    pool,
    account,
    origin,
    outcome,
    data,
    head.hash,
    hash,
  ])
  await tx.query('UPDATE audit_head SET hash = $1 WHERE one = 1', [hash])
  return head.seq
}

/** SHA-256 over the hash of the row before and every column, in one order, each clearly bounded. */
export function hashOf(row: Omit<AuditRow, 'hash'>): string {
  const { previous, seq, at, who, what, pool, account, origin, outcome, data } = row
  const text = JSON.stringify([previous, seq, at, who, what, pool, account, origin, outcome, data])
  return createHash('sha256').update(text).digest('hex')
}

/** JSON in which equal values have equal texts: keys in order, nothing undefined. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}

export interface AuditFilter {
  account?: string | undefined
  pool?: string | undefined
  what?: string | undefined
  /** Milliseconds since the epoch, both included. */
  since?: number | undefined
  until?: number | undefined
  /** Only rows before this number. */
  before?: number | undefined
  /** A condition beside those. */
  also?: Also
  /** Where the list goes on, in its order. */
  after?: number | undefined
  oldestFirst?: boolean
  limit: number
}

/** Newest first, unless it is asked for the other way round; spoiled rows are shown as well as they can be. Rejects with StoreError. */
export async function list(sql: Queryable, filter: AuditFilter): Promise<AuditRow[]> {
  const params: Value[] = []
  const where = whereOf(
    [
      ['account =', filter.account],
      ['pool =', filter.pool],
      ['what =', filter.what],
      ['at >=', filter.since],
      ['at <=', filter.until],
      ['seq <', filter.before],
      [filter.oldestFirst ? 'seq >' : 'seq <', filter.after],
    ],
    params,
    filter.also,
  )
  const way = filter.oldestFirst ? 'ASC' : 'DESC'
  const limit = `$${params.push(filter.limit)}`
  const rows = await sql.query<RawRow>(
    `SELECT ${rawColumns} FROM audit ${where} ORDER BY audit.seq ${way} LIMIT ${limit}`,
    params,
  )
  return rows.map(rowOf)
}

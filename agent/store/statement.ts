// What both drivers refuse before they ask the database, because the two would answer differently.

import { maxPayloadBytes, StoreError, type Value } from './sql.ts'

/** The first word of a statement, for labels. */
export function operationOf(sql: string): string {
  return /^\s*([a-z]+)/i.exec(sql)?.[1]?.toLowerCase() ?? 'other'
}

/** A transaction opened through query() would stay open on whichever connection it met. */
const control = new Set(['begin', 'start', 'commit', 'end', 'rollback', 'abort', 'savepoint', 'release'])

interface Shape {
  operation: string
  /** Highest N of $N. */
  params: number
}
/** Statements are constants of the program, so there are few of them. */
const shapes = new Map<string, Shape>()

/** Throws StoreError where the statement or its parameters do not mean the same on every driver. */
export function checkStatement(sql: string, params: readonly Value[]): void {
  const { operation, params: wanted } = shapeOf(sql)
  if (control.has(operation))
    throw new StoreError(`${operation} is not for query(): use transaction(), which knows how to retry`)
  if (params.length !== wanted)
    throw new StoreError(`the ${operation} has ${wanted} parameters and was given ${params.length} values`)
  for (const [i, value] of params.entries()) {
    const problem = problemOf(value)
    if (problem) throw new StoreError(`value ${i + 1} of the ${operation} ${problem}`)
  }
}

function shapeOf(sql: string): Shape {
  let shape = shapes.get(sql)
  if (!shape) {
    const numbers = [...sql.replace(/'[^']*'/g, "''").matchAll(/\$(\d+)/g)].map((match) => Number(match[1]))
    shape = { operation: operationOf(sql), params: Math.max(0, ...numbers) }
    if (shapes.size < 10_000) shapes.set(sql, shape)
  }
  return shape
}

function problemOf(value: Value): string | null {
  // SQLite would store NULL.
  if (typeof value === 'number' && !Number.isFinite(value)) return `is ${value}, which no store can hold`
  if (typeof value === 'bigint' && BigInt.asIntN(64, value) !== value) return 'does not fit into 64 bits'
  // PostgreSQL's text has no zero characters; bytes may have zero bytes.
  if (typeof value === 'string' && value.includes('\0')) return 'is a text with a zero character in it'
  if (value === undefined) return 'is undefined; nothing is written as null'
  return null
}

const words = /ASCII_LOWER\(([a-z_]+)\)|HOLD_(SHARED|ALONE)\('([a-z]+)'\)| FOR UPDATE$/g

/**
 * The statement as the driver understands it. `ASCII_LOWER(column)` is LOWER of ASCII letters alone, whatever the locale of the database.
 * `HOLD_SHARED('name')` waits for a lock of this schema and keeps it to the end of the transaction, together with others who share it, and
 * `HOLD_ALONE('name')` with nobody; who comes later does not overtake one that waits. `FOR UPDATE` at the end keeps the
 * rows. On SQLite a transaction has everything to itself.
 */
export function inDialect(sql: string, driver: 'sqlite' | 'postgres'): string {
  if (!sql.includes('ASCII_LOWER(') && !sql.includes('HOLD_') && !sql.endsWith(' FOR UPDATE')) return sql
  return sql.replace(words, (found, column?: string, how?: string, name = '') => {
    if (column !== undefined) return `LOWER(${column}${driver === 'postgres' ? ' COLLATE "C"' : ''})`
    if (how === undefined) return driver === 'postgres' ? found : ''
    if (driver === 'sqlite') return '1'
    // A lock of rows would do too, but those who share one pass a writer that waits, and may keep it waiting for ever.
    const lock = `pg_advisory_xact_lock${how === 'SHARED' ? '_shared' : ''}`
    return `${lock}(hashtextextended('linda:${name}:' || COALESCE(current_schema(), ''), 0))`
  })
}

/** Throws StoreError where a notification cannot be sent by every driver. */
export function checkNotification(channel: string, payload = ''): void {
  if (!/^[a-z][a-z0-9_]{0,62}$/.test(channel))
    throw new StoreError(
      `channel "${channel}": allowed are 1 to 63 of a-z, 0-9 and _, beginning with a letter`,
    )
  const bytes = Buffer.byteLength(payload)
  if (bytes > maxPayloadBytes)
    throw new StoreError(`a notification of ${bytes} bytes: allowed are up to ${maxPayloadBytes}`)
  if (payload.includes('\0')) throw new StoreError('a notification has a zero character in it')
}

// Reading the kept events: newest first, always with a limit.

import type { Row, Sql, Value } from '../store/sql.ts'

export interface EventQuery {
  account?: string | undefined
  type?: string | undefined
  /** Milliseconds since the epoch, this moment included. */
  since?: number | undefined
  /** 1 to 1000 */
  limit: number
}

export interface KeptEvent {
  id: string
  at: number
  type: string
  account: string | null
  [field: string]: unknown
}

interface EventRow extends Row {
  id: string
  at: number
  type: string
  account: string | null
  data: string
}

export async function readEvents(
  sql: Sql,
  { account, type, since, limit }: EventQuery,
): Promise<KeptEvent[]> {
  const values: Value[] = [limit]
  const conditions = [
    ['account =', account],
    ['type =', type],
    ['at >=', since],
  ].flatMap(([condition, value]) => {
    if (value === undefined) return []
    values.push(value)
    return [`${condition} $${values.length}`]
  })
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`
  const rows = await sql.query<EventRow>(
    `SELECT id, at, type, account, data FROM event ${where} ORDER BY at DESC, id DESC LIMIT $1`,
    values,
  )
  return rows.map(({ id, at, type, account, data }) => ({ id, at, type, account, ...JSON.parse(data) }))
}

// What of the store belongs to the owners of accounts, at one moment, and in what two such moments differ.

import type { Row, Sql } from '../../../agent/store/sql.ts'

const columns = {
  auth: ['account', 'name', 'value', 'epoch'],
  data_key: ['account', 'wrapped'],
  ownership: ['account', 'node', 'epoch'],
} as const
type Table = keyof typeof columns
const tables = Object.keys(columns) as Table[]

/** Rows by place: the table and the row's key. Places have no phone number in them beyond what names of keys have. */
export type Snapshot = ReadonlyMap<string, { table: Table; row: Row }>

/** All of it in one transaction: rows that belong together are of one moment. */
export function takeSnapshot(sql: Sql): Promise<Snapshot> {
  return sql.transaction(
    async (tx) => {
      const snapshot = new Map<string, { table: Table; row: Row }>()
      for (const table of tables)
        for (const row of await tx.query(`SELECT ${columns[table].join(', ')} FROM ${table}`))
          snapshot.set([table, row.account, row.name].filter(Boolean).join('/'), { table, row })
      return snapshot
    },
    { serial: true },
  )
}

export interface Difference {
  place: string
  what: 'changed' | 'added' | 'gone'
  /** As it is now, or was where it is gone. */
  row: Row
}

export function differences(before: Snapshot, after: Snapshot): Difference[] {
  const found: Difference[] = []
  for (const [place, { row }] of before) {
    const now = after.get(place)?.row
    if (!now) found.push({ place, what: 'gone', row })
    else if (text(row) !== text(now)) found.push({ place, what: 'changed', row: now })
  }
  for (const [place, { row }] of after) if (!before.has(place)) found.push({ place, what: 'added', row })
  return found
}

/** Every byte of the row. */
function text(row: Row): string {
  const shown = (value: unknown): unknown =>
    value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value
  return JSON.stringify(Object.entries(row).map(([name, value]) => [name, shown(value)]))
}

/**
 * Makes the sessions and one-time keys that `wanted` has and `present` has not, and removes those for which it is the other way round.
 * Rows that both have stay as they are.
 */
export async function setBack(sql: Sql, present: Snapshot, wanted: Snapshot): Promise<void> {
  await sql.transaction(async (tx) => {
    for (const { place, what, row } of differences(present, wanted)) {
      if (what === 'changed' || !/^auth\/[^/]+\/(session|pre-key):/.test(place)) continue
      const { account = null, name = null, value = null, epoch = null } = row
      if (what === 'gone')
        await tx.query('DELETE FROM auth WHERE account = $1 AND name = $2', [account, name])
      else
        await tx.query('INSERT INTO auth (account, name, value, epoch) VALUES ($1, $2, $3, $4)', [
          account,
          name,
          value,
          epoch,
        ])
    }
  })
}

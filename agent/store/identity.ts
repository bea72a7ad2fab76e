// Whose database this is: somebody else's is recognised before a byte of it is changed.

import { ownTables } from './schema.ts'
import { type Queryable, type Row, StoreError } from './sql.ts'

/** `Lind`: the SQLite header says whose file it is, and `file` shows it. */
export const applicationId = 0x4c69_6e64
/** What schema_version says in its column `app`. */
export const app = 'linda'

/** Names of the columns, by table. */
export type Tables = ReadonlyMap<string, readonly string[]>

/** What both databases answer to their question below. */
interface Column extends Row {
  table_name: string
  column_name: string
}

export const sqliteColumns = `
  SELECT t.name AS table_name, c.name AS column_name FROM sqlite_master t JOIN pragma_table_info(t.name) c
  WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite!_%' ESCAPE '!'`
const postgresColumns = `
  SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema()`

export async function readTables(tx: Queryable, driver: 'sqlite' | 'postgres'): Promise<Tables> {
  return group(await tx.query<Column>(driver === 'sqlite' ? sqliteColumns : postgresColumns))
}

export function group(columns: readonly Row[]): Tables {
  const tables = new Map<string, string[]>()
  for (const { table_name, column_name } of columns as readonly Column[])
    tables.set(table_name, [...(tables.get(table_name) ?? []), column_name])
  return tables
}

/**
 * Throws StoreError where the tables are not Linda's. A file is hers alone; a PostgreSQL schema may hold other tables, as long as none has
 * a name that she needs.
 */
export function refuseForeign(tables: Tables, alone: boolean): void {
  const columns = tables.get('schema_version')
  if (columns) {
    if (!columns.includes('version') || !columns.includes('app'))
      throw foreign('its table schema_version is not that of Linda')
    return
  }
  const strange = [...tables.keys()].filter((name) => alone || ownTables.includes(name)).sort()
  if (strange.length > 0) throw foreign(`it has ${list(strange)} and no schema_version`)
}

/** The refusal; nothing was changed. */
export function foreign(what: string): StoreError {
  return new StoreError(
    `the database belongs to somebody else: ${what}; give Linda another store.url. Nothing was changed`,
  )
}

function list(names: readonly string[]): string {
  const shown = names.slice(0, 3).join(', ')
  return names.length > 3 ? `${shown} and ${names.length - 3} more tables` : `the tables ${shown}`
}

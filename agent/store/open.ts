// The store that store.url names.

import { resolve } from 'node:path'
import type { Bus } from '../events.ts'
import { openPostgres } from './postgres.ts'
import type { Sql } from './sql.ts'
import { StoreError } from './sql.ts'
import { openSqlite } from './sqlite.ts'

/**
 * @param url `sqlite:FILE`, `sqlite::memory:` for a store that ends with the process, or `postgres://USER:PASSWORD@HOST/DATABASE`.
 * Rejects with StoreError.
 */
export async function openStore(url: string, bus: Bus): Promise<Sql> {
  if (url.startsWith('sqlite:')) return openSqlite(fileOf(url.slice('sqlite:'.length).trim()), bus)
  if (/^postgres(ql)?:\/\//.test(url)) return openPostgres(url, bus)
  throw new StoreError('store.url: allowed are sqlite:FILE and postgres://USER:PASSWORD@HOST/DATABASE')
}

/** An absolute path: SQLite would read `file:...` as a URI, with parameters that take its locks away. */
function fileOf(text: string): string {
  return text === ':memory:' ? text : resolve(text)
}

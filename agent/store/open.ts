// The store that store.url names.

import type { Bus } from '../events.ts'
import { type Sql, StoreError } from './sql.ts'
import { openSqlite } from './sqlite.ts'

/** @param url `sqlite:FILE`, or `sqlite::memory:` for a store that ends with the process. Throws StoreError. */
export function openStore(url: string, bus: Bus): Sql {
  if (url.startsWith('sqlite:')) return openSqlite(url.slice('sqlite:'.length), bus)
  throw new StoreError(
    'store.url: found postgres://, allowed in this version: sqlite:FILE; PostgreSQL is not built yet',
  )
}

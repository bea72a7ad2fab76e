// The store is brought from the step it is at to the last one, by one process at a time, all of it or nothing, and never backwards.

import { app as agent, applicationId, foreign, readTables, refuseForeign, type Tables } from './identity.ts'
import { schemaVersion, steps } from './schema.ts'
import { type Queryable, type Sql, StoreError } from './sql.ts'

export { schemaVersion } from './schema.ts'

/** Whose tables they are, and how they came to be. */
export interface Schema {
  /** What schema_version says in its column `app`. */
  app: string
  /** Step N stands at index N-1. */
  steps: readonly (readonly string[])[]
}

/** Rewriting a large table may take long; other agents wait for it meanwhile. */
const WITHIN_MS = 10 * 60_000

/**
 * Applies what is missing. Throws StoreError when the store comes from a newer version or belongs to somebody else, and then nothing
 * was changed.
 * @param to a step before the last one, for a restore of older rows
 */
export async function migrate(sql: Sql, to: number = schemaVersion): Promise<void> {
  await migrateTo(sql, to, { app: agent, steps })
}

/** The same for the tables of another program of the house, in a store of its own. */
export async function migrateTo(sql: Sql, to: number, { app, steps }: Schema): Promise<void> {
  const last = steps.length
  await sql.transaction(
    async (tx) => {
      const tables = await readTables(tx, sql.driver)
      refuseForeign(tables, sql.driver === 'sqlite')
      const at = await currentVersion(tx, tables, app)
      if (at > last)
        throw new StoreError(
          `the store has schema ${at}, this version knows up to ${last}; run the version that wrote it or a newer one`,
        )
      if (at >= to) return
      for (const step of steps.slice(at, to)) for (const statement of step) await tx.query(statement)
      await mark(tx, sql.driver, to, app)
    },
    { lock: 'migrate', withinMs: WITHIN_MS },
  )
}

/** 0 for a store that is still empty. */
async function currentVersion(tx: Queryable, tables: Tables, app: string): Promise<number> {
  if (!tables.has('schema_version')) return 0
  const [row] = await tx.query<{ version: number; app: string }>('SELECT version, app FROM schema_version')
  if (row && row.app !== app) throw foreign(`its schema_version says ${row.app}`)
  return Number(row?.version ?? 0)
}

async function mark(tx: Queryable, driver: Sql['driver'], version: number, app: string): Promise<void> {
  await tx.query('DROP TABLE IF EXISTS schema_version')
  await tx.query('CREATE TABLE schema_version (version BIGINT NOT NULL, app TEXT NOT NULL)')
  await tx.query('INSERT INTO schema_version (version, app) VALUES ($1, $2)', [version, app])
  if (driver === 'sqlite') await tx.query(`PRAGMA application_id = ${applicationId}`)
}

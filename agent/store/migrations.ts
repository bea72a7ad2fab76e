// The schema as numbered steps: a file is brought from the step it is at to the last one, and never backwards.

import { type Queryable, type Sql, StoreError } from './sql.ts'

/** Step N stands at index N-1. A step that was released is never edited. */
const steps: readonly string[][] = [
  [
    `CREATE TABLE ownership (
       account TEXT PRIMARY KEY,
       node    TEXT NOT NULL,
       epoch   BIGINT NOT NULL
     )`,
    `CREATE TABLE data_key (
       account TEXT PRIMARY KEY,
       wrapped BYTEA NOT NULL
     )`,
    `CREATE TABLE auth (
       account TEXT NOT NULL,
       name    TEXT NOT NULL,
       value   BYTEA NOT NULL,
       PRIMARY KEY (account, name)
     )`,
  ],
]

export const schemaVersion = steps.length

/** Applies what is missing, in one transaction. Throws StoreError when the file comes from a newer version. */
export async function migrate(sql: Sql): Promise<void> {
  await sql.query('CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL)')
  await sql.transaction(async (tx) => {
    const at = await currentVersion(tx)
    if (at > schemaVersion)
      throw new StoreError(
        `the store has schema ${at}, this version knows up to ${schemaVersion}; run the version that wrote it or a newer one`,
      )
    for (const step of steps.slice(at)) for (const statement of step) await tx.query(statement)
    await tx.query('DELETE FROM schema_version')
    await tx.query('INSERT INTO schema_version (version) VALUES ($1)', [schemaVersion])
  })
}

async function currentVersion(tx: Queryable): Promise<number> {
  const [row] = await tx.query<{ version: number }>('SELECT version FROM schema_version')
  return Number(row?.version ?? 0)
}

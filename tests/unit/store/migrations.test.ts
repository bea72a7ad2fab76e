// A store is brought to the schema of this version once, and one from a newer version is left as it was.

import { join } from 'node:path'
import { beforeEach, expect, it } from 'vitest'
import { migrate, schemaVersion } from '../../../agent/store/migrations.ts'
import { type Sql, StoreError } from '../../../agent/store/sql.ts'
import { openFile, temporaryFolder } from './folder.ts'

let sql: Sql
beforeEach(() => {
  sql = openFile(join(temporaryFolder(), 'linda.db'))
})
const dump = async () => ({
  tables: await sql.query("SELECT name, sql FROM sqlite_master WHERE type = 'table' ORDER BY name"),
  version: await sql.query('SELECT version FROM schema_version'),
  ownership: await sql.query('SELECT * FROM ownership'),
})
const own = "INSERT INTO ownership (account, node, epoch) VALUES ('uae-1', 'node-1', 4)"

it('makes the tables and remembers the version', async () => {
  await migrate(sql)
  const { tables, version } = await dump()
  expect(tables.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['auth', 'data_key', 'ownership', 'schema_version']),
  )
  expect(version).toEqual([{ version: schemaVersion }])
})

it('a second time changes nothing, and no data is lost', async () => {
  await migrate(sql)
  await sql.query(own)
  const before = await dump()
  await migrate(sql)
  expect(await dump()).toEqual(before)
})

it('a store of a newer version is refused with both numbers, its data as it was', async () => {
  await migrate(sql)
  await sql.query(own)
  await sql.query('UPDATE schema_version SET version = 99')
  await sql.query('CREATE TABLE from_the_future (n INTEGER)')
  const before = await dump()
  await expect(migrate(sql)).rejects.toThrow(StoreError)
  await expect(migrate(sql)).rejects.toThrow(
    `the store has schema 99, this version knows up to ${schemaVersion}; run the version that wrote it or a newer one`,
  )
  expect(await dump()).toEqual(before)
})

it('a step that fails leaves nothing of itself behind', async () => {
  await sql.query('CREATE TABLE auth (mine INTEGER)')
  await expect(migrate(sql)).rejects.toThrow(StoreError)
  const tables = await sql.query<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table'")
  expect(tables.map(({ name }) => name)).not.toContain('ownership')
  await sql.query('DROP TABLE auth')
  await migrate(sql)
  expect((await dump()).version).toEqual([{ version: schemaVersion }])
})

// The configured list is laid over the stored one: created, changed, retired, returned, and never deleted.

import { beforeEach, expect, it, onTestFinished } from 'vitest'
import type { AccountConfig } from '../../../agent/config/schema.ts'
import { applyAccounts } from '../../../agent/fleet/registry.ts'
import { migrate } from '../../../agent/store/migrations.ts'
import type { Sql } from '../../../agent/store/sql.ts'
import { openSqlite } from '../../../agent/store/sqlite.ts'
import { hear } from '../events/heard.ts'

const account = (id: string, more: Partial<AccountConfig> = {}): AccountConfig => ({
  id,
  phone: '+971505760056',
  pool: 'sales',
  role: 'primary',
  priority: 1,
  weight: 1,
  region: 'uae',
  ...more,
})

let sql: Sql
const heard = hear()
const apply = async (...accounts: AccountConfig[]) => applyAs('n-1', ...accounts)
const applyAs = async (node: string, ...accounts: AccountConfig[]) => {
  const before = heard.of('account.listed').length
  await applyAccounts(sql, heard.bus, node, accounts)
  return heard
    .of('account.listed')
    .slice(before)
    .map(({ account, what, fields }) => [account, what, ...fields].join(' '))
}
beforeEach(async () => {
  sql = openSqlite(':memory:', heard.bus)
  onTestFinished(() => sql.close())
  await migrate(sql)
})

it('tells what is new, once', async () => {
  expect(await apply(account('a-1'), account('a-2'))).toEqual(['a-1 created', 'a-2 created'])
  expect(await apply(account('a-1'), account('a-2'))).toEqual([])
})

it('tells which fields changed', async () => {
  await apply(account('a-1'))
  expect(await apply(account('a-1', { pool: 'support', weight: 2.5 }))).toEqual(['a-1 changed pool weight'])
  expect(await apply(account('a-1', { pool: 'support', weight: 2.5 }))).toEqual([])
})

it('retires what is no longer listed and takes it back as it was, deleting nothing', async () => {
  await apply(account('a-1'), account('a-2'))
  expect(await apply(account('a-1'))).toEqual(['a-2 retired'])
  expect(await apply(account('a-1'))).toEqual([])
  expect(await sql.query('SELECT id, retired FROM account ORDER BY id')).toEqual([
    { id: 'a-1', retired: 0 },
    { id: 'a-2', retired: 1 },
  ])
  expect(await apply(account('a-1'), account('a-2', { role: 'backup' }))).toEqual(['a-2 returned role'])
})

it('leaves alone what another node lists', async () => {
  await applyAs('n-1', account('a-1'))
  expect(await applyAs('n-2', account('b-1'))).toEqual(['b-1 created'])
  expect(await applyAs('n-1', account('a-1'))).toEqual([])
  expect(await applyAs('n-2', account('b-1'), account('a-1'))).toEqual(['a-1 changed'])
  expect(await applyAs('n-1')).toEqual([])
})

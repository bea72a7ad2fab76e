// Every start takes the account with a higher epoch, whoever had it before and however often the file is reopened.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { Bus } from '../../../agent/events.ts'
import { takeOwnership } from '../../../agent/fleet/ownership.ts'
import { migrate } from '../../../agent/store/migrations.ts'
import { openSqlite } from '../../../agent/store/sqlite.ts'

it('the epoch grows with every taking, apart for each account, and survives restarts', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'linda-own-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const open = async () => {
    const sql = openSqlite(join(folder, 'linda.db'), new Bus('node-1'))
    await migrate(sql)
    return sql
  }
  let sql = await open()
  expect(await takeOwnership(sql, 'uae-1', 'node-1')).toBe(1)
  expect(await takeOwnership(sql, 'uae-1', 'node-1')).toBe(2)
  expect(await takeOwnership(sql, 'uae-2', 'node-1')).toBe(1)
  await sql.close()
  sql = await open()
  expect(await takeOwnership(sql, 'uae-1', 'node-2')).toBe(3)
  expect(await sql.query('SELECT * FROM ownership ORDER BY account')).toEqual([
    { account: 'uae-1', node: 'node-2', epoch: 3 },
    { account: 'uae-2', node: 'node-1', epoch: 1 },
  ])
  await sql.close()
})

it('many that take it at once all get another epoch', async () => {
  const sql = openSqlite(':memory:', new Bus('node-1'))
  await migrate(sql)
  const epochs = await Promise.all(Array.from({ length: 50 }, () => takeOwnership(sql, 'uae-1', 'node-1')))
  expect(epochs.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i + 1))
  await sql.close()
})

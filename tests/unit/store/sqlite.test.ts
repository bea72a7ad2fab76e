// Transactions are all or nothing and one after another, and what was answered is in the file.

import { statSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { migrate } from '../../../agent/store/migrations.ts'
import { type Sql, StoreError } from '../../../agent/store/sql.ts'
import { hear } from '../events/heard.ts'
import { openFile, temporaryFolder } from './folder.ts'

let file: string
let sql: Sql
const heard = hear()
const settle = () => new Promise<void>((resolve) => setImmediate(resolve))

beforeEach(async () => {
  file = join(temporaryFolder(), 'deeper', 'linda.db')
  sql = openFile(file, heard.bus)
  await migrate(sql) // a file with tables and without a schema version is taken for somebody else's
  await sql.query('CREATE TABLE t (n INTEGER PRIMARY KEY, v BLOB)')
  heard.events.length = 0
})
const rows = async () => (await sql.query<{ n: number }>('SELECT n FROM t ORDER BY n')).map(({ n }) => n)
const insert = 'INSERT INTO t (n) VALUES ($1)'

describe('a transaction', () => {
  it('that throws leaves nothing behind, and the next one works', async () => {
    const work = sql.transaction(async (tx) => {
      await tx.query(insert, [1])
      throw new Error('change of mind')
    })
    await expect(work).rejects.toThrow('change of mind')
    expect(await rows()).toEqual([])
    await sql.transaction((tx) => tx.query(insert, [2]))
    expect(await rows()).toEqual([2])
  })

  it('with a statement that fails is undone as a whole', async () => {
    const work = sql.transaction(async (tx) => {
      await tx.query(insert, [1])
      await tx.query(insert, [1])
    })
    await expect(work).rejects.toThrow(StoreError)
    expect(await rows()).toEqual([])
  })

  it('answers what its work answers', async () => {
    expect(await sql.transaction(async () => 'done')).toBe('done')
  })

  it('never sees half of another: read, wait and write loses no update', async () => {
    await sql.query(insert, [0])
    await sql.query('UPDATE t SET v = 0')
    const addOne = () =>
      sql.transaction(async (tx) => {
        const [row] = await tx.query<{ v: number }>('SELECT v FROM t')
        await settle()
        await tx.query('UPDATE t SET v = $1', [(row?.v ?? 0) + 1])
      })
    await Promise.all(Array.from({ length: 25 }, addOne))
    expect(await sql.query('SELECT v FROM t')).toEqual([{ v: 25 }])
  })

  it('is not entered by a statement from outside', async () => {
    const work = sql.transaction(async (tx) => {
      await tx.query(insert, [1])
      await settle()
      throw new Error('undone')
    })
    const outside = sql.query(insert, [2])
    await expect(work).rejects.toThrow('undone')
    await outside
    expect(await rows()).toEqual([2])
  })
})

describe('a value', () => {
  const value = fc.oneof(
    fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0')),
    fc.maxSafeInteger(),
    fc.constant(null),
    fc.uint8Array({ maxLength: 300 }),
  )
  it('comes back as it was', async () => {
    await fc.assert(
      fc.asyncProperty(value, async (v) => {
        const [row] = await sql.query('SELECT $1 AS v', [v])
        expect(row?.v).toEqual(v)
      }),
    )
  })

  it('binds by its number, in any order and more than once', async () => {
    const params = Array.from({ length: 11 }, (_, i) => `p${i + 1}`)
    const [row] = await sql.query(
      'SELECT $11 AS a, $2 AS b, $1 AS c, $2 AS d, $3||$4||$5||$6||$7||$8||$9||$10 AS e',
      params,
    )
    expect(row).toMatchObject({ a: 'p11', b: 'p2', c: 'p1', d: 'p2', e: 'p3p4p5p6p7p8p9p10' })
  })

  it('is never read as a statement', async () => {
    const [row] = await sql.query('SELECT $1 AS v', ["'; DROP TABLE t; --"])
    expect(row).toEqual({ v: "'; DROP TABLE t; --" })
    expect(await rows()).toEqual([])
  })
})

it('keeps what it answered after it is closed and opened again, for its owner only', async () => {
  await sql.query(insert, [7])
  await sql.close()
  sql = openFile(file)
  expect(await rows()).toEqual([7])
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(statSync(join(file, '..')).mode & 0o777).toBe(0o700)
})

it('is durable before it answers', async () => {
  expect(await sql.query('PRAGMA journal_mode')).toEqual([{ journal_mode: 'wal' }])
  expect(await sql.query('PRAGMA synchronous')).toEqual([{ synchronous: 2 }])
})

it('tells every statement and every failure, without the values', async () => {
  await sql.query(insert, [1])
  await expect(sql.query('SELEC $1', ['secret'])).rejects.toThrow('the store could not selec')
  expect(heard.events).toMatchObject([
    { type: 'store.queried', driver: 'sqlite', operation: 'insert', ms: expect.any(Number) },
    { type: 'store.failed', driver: 'sqlite', operation: 'selec' },
  ])
  expect(JSON.stringify(heard.events)).not.toContain('secret')
})

it('close lets what was asked before finish, may be called twice, and refuses what comes after', async () => {
  const pending = Promise.all([sql.query(insert, [1]), sql.query(insert, [2])])
  await sql.close()
  await sql.close()
  expect(await pending).toEqual([[], []])
  await expect(sql.query('SELECT 1')).rejects.toThrow(StoreError)
})

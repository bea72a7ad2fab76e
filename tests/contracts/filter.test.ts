// A filter finds the same rows in either database as in memory: text by case, ranges, what is not known, contraries.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { holds } from '../../agent/admin/filter/evaluate.ts'
import { parseFilter } from '../../agent/admin/filter/parse.ts'
import { conditionOf } from '../../agent/admin/filter/sql.ts'
import type { Value } from '../../agent/store/sql.ts'
import { whereOf } from '../../agent/store/where.ts'
import { fields, row, type TestRow, terms } from '../unit/admin/filter/fields.ts'
import { onBothDrivers } from './drivers.ts'

/** What both databases can hold. */
const plain = (value: unknown): boolean =>
  typeof value !== 'string' || (value.isWellFormed() && !value.includes('\0'))

onBothDrivers((driver) => {
  // On most servers letters beyond ASCII have a case, too; the one of the tests is of the locale C.
  const text = driver.name === 'postgres' ? 'TEXT COLLATE "C.utf8"' : 'TEXT'
  const table = `CREATE TABLE thing (n INTEGER, account ${text}, note ${text}, status ${text}, score BIGINT, seen_at BIGINT, is_open INTEGER)`

  it('agrees with memory on random rows', async () => {
    const { sql } = await driver.open()
    await sql.query(table)
    const rows = fc.array(
      row.filter((each) => Object.values(each).every(plain)),
      { minLength: 5, maxLength: 12 },
    )
    await fc.assert(
      fc.asyncProperty(rows, terms, async (some, asked) => {
        await sql.query('DELETE FROM thing')
        for (const [n, { account, note, status, score, at, open }] of some.entries())
          await sql.query('INSERT INTO thing VALUES ($1, $2, $3, $4, $5, $6, $7)', [
            n,
            account,
            note,
            status,
            score,
            at,
            open ? 1 : 0,
          ])
        const values: Value[] = []
        const where = whereOf([], values, conditionOf(asked, fields))
        const found = await sql.query<{ n: number }>(`SELECT n FROM thing ${where} ORDER BY n`, values)
        const here = some.flatMap((each, n) =>
          holds(asked, fields, (field) => each[field as keyof TestRow]) ? [n] : [],
        )
        expect(found.map(({ n }) => n)).toEqual(here)
      }),
      { numRuns: 60 },
    )
  }, 60_000)
  it.each([
    ['"JÖRG"', ['JÖRG', 'jÖrg']],
    ['"ünal"', ['ünal']],
    ['note:Ünal', ['Ünal']],
  ])('the case of letters beyond ASCII counts: %s', async (filter, expected) => {
    const { sql } = await driver.open()
    await sql.query(table)
    for (const note of ['JÖRG', 'jÖrg', 'jörg', 'ünal', 'Ünal'])
      await sql.query('INSERT INTO thing (note) VALUES ($1)', [note])
    const values: Value[] = []
    const where = whereOf([], values, conditionOf(parseFilter(filter, fields), fields))
    const found = await sql.query<{ note: string }>(`SELECT note FROM thing ${where}`, values)
    expect(found.map(({ note }) => note).toSorted()).toEqual(expected.toSorted())
  })

  it('the longest filters there are can be asked', async () => {
    const { sql } = await driver.open()
    await sql.query(table)
    const most = (value: (i: number) => string): string =>
      Array.from({ length: 100 }, (_, i) => value(i)).join(',')
    for (const filter of [
      `account:${most((i) => String.fromCodePoint(0x4e00 + i))}`,
      `account:${most((i) => `*${String.fromCodePoint(0x4e00 + i)}*`)}`,
      `score:${most((i) => `<${i}`)}`,
      `status:${most(() => '*e*')}`,
      Array.from({ length: 20 }, (_, i) => `"${i}"`).join(' '),
    ]) {
      const values: Value[] = []
      const where = whereOf([], values, conditionOf(parseFilter(filter, fields), fields))
      await expect(sql.query(`SELECT n FROM thing ${where}`, values)).resolves.toEqual([])
    }
  })
})

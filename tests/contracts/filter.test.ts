// A filter finds the same rows in either database as in memory: text by case, ranges, what is not known, contraries.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { holds } from '../../agent/admin/filter/evaluate.ts'
import { conditionOf } from '../../agent/admin/filter/sql.ts'
import type { Value } from '../../agent/store/sql.ts'
import { whereOf } from '../../agent/store/where.ts'
import { fields, row, type TestRow, terms } from '../unit/admin/filter/fields.ts'
import { onBothDrivers } from './drivers.ts'

/** PostgreSQL folds more letters than ASCII, and free text is about ids and words, which have no others. */
const ascii = (text: string): boolean => /^[\x20-\x7e]*$/.test(text)
const plain = (value: unknown): boolean => typeof value !== 'string' || ascii(value)

onBothDrivers((driver) => {
  it('agrees with memory on random rows', async () => {
    const { sql } = await driver.open()
    await sql.query(
      'CREATE TABLE thing (n INTEGER, account TEXT, note TEXT, status TEXT, score BIGINT, seen_at BIGINT, is_open INTEGER)',
    )
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
})

// A filter finds the same rows in the store as in memory, and whatever a caller writes stays a value.

import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { holds, lower } from '../../../../agent/admin/filter/evaluate.ts'
import { parseFilter } from '../../../../agent/admin/filter/parse.ts'
import { among, conditionOf, together } from '../../../../agent/admin/filter/sql.ts'
import type { Value } from '../../../../agent/store/sql.ts'
import { inDialect } from '../../../../agent/store/statement.ts'
import { whereOf } from '../../../../agent/store/where.ts'
import { fields, row, type TestRow, terms, text } from './fields.ts'

let db: DatabaseSync

beforeAll(() => {
  db = new DatabaseSync(':memory:')
  db.exec(
    'CREATE TABLE thing (n INTEGER, account TEXT, note TEXT, status TEXT, score INTEGER, seen_at INTEGER, is_open INTEGER)',
  )
})
afterAll(() => db.close())

function fill(rows: readonly TestRow[]): void {
  db.exec('DELETE FROM thing')
  const insert = db.prepare('INSERT INTO thing VALUES (?, ?, ?, ?, ?, ?, ?)')
  for (const [n, { account, note, status, score, at, open }] of rows.entries())
    insert.run(n, account, note, status, score, at, open ? 1 : 0)
}

function found(also: (values: Value[]) => string): number[] {
  const values: Value[] = []
  const where = whereOf([], values, also)
  const named = Object.fromEntries(values.map((value, i) => [String(i + 1), value]))
  const asked = inDialect(`SELECT n FROM thing ${where} ORDER BY n`, 'sqlite')
  const rows = db.prepare(asked).all(named as never)
  return rows.map(({ n }) => Number(n))
}

it('the store and the memory agree', () => {
  fc.assert(
    fc.property(fc.array(row, { maxLength: 12 }), terms, (rows, some) => {
      fill(rows)
      const here = rows.flatMap((each, n) =>
        holds(some, fields, (field) => each[field as keyof TestRow]) ? [n] : [],
      )
      expect(found(conditionOf(some, fields))).toEqual(here)
    }),
    { numRuns: 500 },
  )
})

it('a term and its contrary part the rows', () => {
  fc.assert(
    fc.property(fc.array(row, { maxLength: 12 }), terms, (rows, [term]) => {
      fc.pre(term !== undefined)
      fill(rows)
      const these = found(conditionOf([term], fields))
      const those = found(conditionOf([{ ...term, not: !term.not }], fields))
      expect([...these, ...those].sort((a, b) => a - b)).toEqual(rows.map((_, n) => n))
    }),
    { numRuns: 200 },
  )
})

it('nothing that a caller writes is in the text of the question', () => {
  const hostile = fc.constantFrom("'; DROP TABLE thing; --", "' OR '1'='1", '$1', '%', '_', '$99', '?1')
  fc.assert(
    fc.property(fc.oneof(hostile, text), (value) => {
      const quoted = `"${value.replace(/["\\]/g, '\\$&')}"`
      const question = (filter: string): string => {
        const values: Value[] = []
        const where = conditionOf(parseFilter(filter, fields), fields)(values)
        expect(values).toContain(filter.startsWith('account') ? value : lower(value))
        return where
      }
      expect(question(`account:${quoted}`)).toBe('(account IN ($1))')
      expect(question(quoted)).toMatch(
        /^\((REPLACE\(ASCII_LOWER\(\w+\), \$1, ''\) <> ASCII_LOWER\(\w+\)( OR )?)+\)$/,
      )
    }),
  )
  expect(found(conditionOf(parseFilter('account:x', fields), fields))).toEqual([])
})

it('pools are beside the filter and not instead of it; no pool is no row', () => {
  const alike = { note: null, status: null, score: 1, at: null, open: true }
  fill([
    { account: 'sales', ...alike },
    { account: 'care', ...alike },
    { account: 'sales', ...alike, score: 2 },
  ])
  const filter = conditionOf(parseFilter('score:1', fields), fields)
  expect(found(together(among('account', ['sales']), filter))).toEqual([0])
  expect(found(together(among('account', []), filter))).toEqual([])
  expect(found(together(null, filter))).toEqual([0, 1])
})

it('a field that the store does not have is a mistake of ours', () => {
  const condition = conditionOf(parseFilter('a:1', { a: { type: 'number' } }), { a: { type: 'number' } })
  expect(() => condition([])).toThrow('no column')
})

// Pages of a list put together are the list: nothing twice and nothing left out, in one order, even when something else changes between them.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { boundTo, cursorOf } from '../../../../agent/admin/list/cursor.ts'
import type { ListSpec } from '../../../../agent/admin/list/query.ts'
import { type Looks, only, pageOf } from '../../../../agent/admin/list/rows.ts'
import { Problem } from '../../../../agent/admin/problem.ts'

interface Row {
  id: string
  score: number | null
  level: string
}

const spec: ListSpec = {
  filters: {
    id: { type: 'text' },
    score: { type: 'number' },
    level: { type: 'word', words: ['LOW', 'HIGH', 'CRITICAL'] },
  },
  sorts: ['id', '-id', 'score', '-score', 'level', '-level'],
  fields: ['id', 'score', 'level'],
  limit: { usual: 100, most: 100 },
}
const looks: Looks<Row> = { key: ({ id }) => id, get: (row, field) => row[field as 'id'] }
const rows = fc.uniqueArray(
  fc.record({
    id: fc.string({ unit: fc.constantFrom(...'abc'), minLength: 1, maxLength: 4 }),
    score: fc.option(fc.integer({ min: 0, max: 3 }), { nil: null }),
    level: fc.constantFrom('LOW', 'HIGH', 'CRITICAL'),
  }),
  { selector: ({ id }) => id, maxLength: 20 },
)
const sort = fc.constantFrom(...spec.sorts)

function walk(pages: (page: number) => readonly Row[], order: string, limit: number): Row[] {
  const seen: Row[] = []
  let cursor: string | undefined
  for (let page = 0; page < 100; page++) {
    const found = pageOf(pages(page), { sort: order, limit, cursor }, spec, looks)
    expect(found.rows.length).toBeLessThanOrEqual(limit)
    seen.push(...found.rows)
    if (found.nextCursor === null) return seen
    cursor = found.nextCursor
  }
  throw new Error('it has no end')
}

describe('pages', () => {
  it('put together are the list in its order', () => {
    fc.assert(
      fc.property(rows, sort, fc.integer({ min: 1, max: 7 }), (all, order, limit) => {
        const whole = pageOf(all, { sort: order, limit: 100 }, spec, looks).rows
        expect(walk(() => all, order, limit)).toEqual(whole)
        expect(whole.map(({ id }) => id).sort()).toEqual(all.map(({ id }) => id).sort())
      }),
    )
  })

  it('have what stays there all the time once, whatever comes and goes between them', () => {
    fc.assert(
      fc.property(rows, rows, sort, fc.integer({ min: 1, max: 5 }), (stay, come, order, limit) => {
        const ids = new Set(stay.map(({ id }) => id))
        const others = come.filter(({ id }) => !ids.has(id))
        const seen = walk((page) => [...stay, ...others.slice(0, page % 4)], order, limit)
        const stayed = seen.filter(({ id }) => ids.has(id))
        expect(stayed.map(({ id }) => id).sort()).toEqual([...ids].sort())
      }),
    )
  })
})

it('words are in the order of their list, and what is not known comes last both ways', () => {
  const all = ['HIGH', 'LOW', 'CRITICAL'].map((level, i) => ({
    id: `${i}`,
    score: i === 1 ? null : i,
    level,
  }))
  const by = (order: string) => pageOf(all, { sort: order, limit: 10 }, spec, looks).rows
  expect(by('-level').map(({ level }) => level)).toEqual(['CRITICAL', 'HIGH', 'LOW'])
  expect(by('score').map(({ score }) => score)).toEqual([0, 2, null])
  expect(by('-score').map(({ score }) => score)).toEqual([2, 0, null])
})

it.each([
  ['nothing of ours', 'hello!'],
  ['no JSON', 'aGVsbG8'],
  ['another shape', Buffer.from('{"sort":"id"}').toString('base64url')],
  ['another order', cursorOf({ of: boundTo(spec), sort: '-id', value: 'a', key: 'a' })],
  ['another list', cursorOf({ of: 'elsewhere', sort: 'id', value: 'a', key: 'a' })],
  [
    'another filter',
    cursorOf({ of: boundTo(spec, [{ not: false, text: 'a' }]), sort: 'id', value: 'a', key: 'a' }),
  ],
  ['too long', 'a'.repeat(1_001)],
  ['a field too many', Buffer.from('{"sort":"id","value":1,"key":"a","__proto__":1}').toString('base64url')],
])('a cursor that is %s: 400', (_, cursor) => {
  expect(() => pageOf([], { sort: 'id', limit: 1, cursor }, spec, looks)).toThrow(Problem)
  expect(() => pageOf([], { sort: 'id', limit: 1, cursor }, spec, looks)).toThrow('begin without one')
})

it('a row can be cut down to some fields, in its own order', () => {
  expect(Object.keys(only({ a: 1, b: 2, c: 3 }, ['c', 'a']))).toEqual(['a', 'c'])
  expect(only({ a: 1 }, undefined)).toEqual({ a: 1 })
})

it('what moves while somebody reads on is read by what stands still', () => {
  const ages = [5, 1, 3, 2, 4, 6]
  const spec: ListSpec = {
    filters: { age: { type: 'number' } },
    sorts: ['age', '-age'],
    fields: ['age'],
    limit: { usual: 10, most: 10 },
  }
  for (const order of spec.sorts) {
    const seen: string[] = []
    let cursor: string | undefined
    for (let page = 0; page < 10; page++) {
      const all = ages.map((age, i) => ({ id: `${i}`, born: -age, age: age + 100 * page }))
      const found = pageOf(all, { sort: order, limit: 2, cursor }, spec, {
        key: ({ id }) => id,
        get: (row) => row.age,
        still: ({ born }) => -born,
      })
      seen.push(...found.rows.map(({ id }) => id))
      if (found.nextCursor === null) break
      cursor = found.nextCursor
    }
    expect(seen).toEqual(order === 'age' ? ['1', '3', '2', '4', '0', '5'] : ['5', '0', '4', '2', '3', '1'])
  }
})

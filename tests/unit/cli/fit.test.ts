// A table fits where it can: columns give way in their order, no sooner than they must, and nothing else changes.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fit, GAP, LEAST, type Yield } from '../../../agent/cli/fit.ts'
import { listing } from '../../../agent/cli/table.ts'
import { terminal } from './io.ts'

const widthOf = ({ head, rows }: { head: string[]; rows: string[][] }): number =>
  head.reduce(
    (sum, name, i) => sum + Math.max(name.length, ...rows.map((row) => row[i]?.length ?? 0)),
    GAP * (head.length - 1),
  )

const word = fc.string({ unit: fc.constantFrom('a', 'b', ' '), maxLength: 40 })
const tables = fc.integer({ min: 1, max: 8 }).chain((columns) => {
  const head = Array.from({ length: columns }, (_, i) => `C${i}`)
  const row = fc.array(word, { minLength: columns, maxLength: columns })
  const yields = fc
    .shuffledSubarray(head)
    .chain((names) => fc.tuple(...names.map((name) => fc.constantFrom<Yield>(name, { shorten: name }))))
  return fc.record({ head: fc.constant(head), rows: fc.array(row, { minLength: 1, maxLength: 5 }), yields })
})

describe('a table', () => {
  it('is as it was where there is room, and fits where all that may give way is enough', () => {
    fc.assert(
      fc.property(tables, fc.integer({ min: 1, max: 200 }), ({ head, rows, yields }, within) => {
        const fitted = fit(head, rows, yields, within)
        if (widthOf({ head, rows }) <= within) expect(fitted).toEqual({ head, rows, left: [], shortened: [] })
        const gave = fitted.left.length + fitted.shortened.length
        if (gave < yields.length) expect(widthOf(fitted)).toBeLessThanOrEqual(within)
        expect(yields.slice(0, gave).map((each) => (typeof each === 'string' ? each : each.shorten))).toEqual(
          expect.arrayContaining([...fitted.left, ...fitted.shortened]),
        )
      }),
    )
  })

  it('keeps every other cell as it is, and gives way no sooner than it must', () => {
    fc.assert(
      fc.property(tables, fc.integer({ min: 1, max: 200 }), ({ head, rows, yields }, within) => {
        const { left, shortened, ...fitted } = fit(head, rows, yields, within)
        for (const [i, name] of fitted.head.entries()) {
          const was = rows.map((row) => row[head.indexOf(name)] ?? '')
          const is = fitted.rows.map((row) => row[i] ?? '')
          if (!shortened.includes(name)) expect(is).toEqual(was)
          else
            for (const [j, cell] of is.entries())
              expect(cell.length).toBeGreaterThanOrEqual(Math.min(LEAST, was[j]?.length ?? 0))
        }
        const gave = left.length + shortened.length
        if (gave > 0)
          expect(fit(head, rows, yields.slice(0, gave - 1), within).head.length).toBeGreaterThanOrEqual(
            fitted.head.length,
          )
      }),
    )
  })
})

const at = '2026-11-22T01:02:36.123Z'
const id = '0199f0c2-5f3e-7cc1-9f3e-2b6f1d0c7a11'

it('times lose their year, words their end, and ids nothing', () => {
  const { head, rows } = fit(
    ['AT', 'WHY', 'ID'],
    [[at, 'in maintenance: a new SIM is on its way', id]],
    [{ shorten: 'AT' }, { shorten: 'WHY' }],
    80,
  )
  expect([head, rows]).toEqual([['AT', 'WHY', 'ID'], [['11-22 01:02:36', 'in maintenance: a new S...', id]]])
  expect(widthOf({ head, rows })).toBeLessThanOrEqual(80)
})

it('what gave way is told on stderr; no terminal, or one that does not say how wide it is, has all', () => {
  const { io, said } = terminal()
  const shown = (columns?: number) =>
    listing({ ...io, columns }, ['AT', 'ID'], [[at, id]], { yields: ['AT'], none: 'nothing' })
  for (const columns of [undefined, 0, 80])
    expect(shown(columns)).toBe(`AT${' '.repeat(24)}ID\n${at}  ${id}\n`)
  expect(said.err).toBe('')
  expect(shown(40)).toBe(`ID\n${id}\n`)
  expect(said.err).toBe('left out AT to fit 40 columns; --json and a wider terminal show all\n')
  expect(listing(io, ['AT'], [], { none: 'nothing yet' })).toBe('nothing yet\n')
})

// The parts that dashboards are made of: places, drawings, words of states, and queries that see the first event.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { issues, severities } from '../../../agent/health/diagnosis.ts'
import { accountModes, sessionStates } from '../../../agent/words.ts'
import { draw } from '../../../grafana/src/drawing.ts'
import { columns, layOut } from '../../../grafana/src/layout.ts'
import { colours } from '../../../grafana/src/look/colours.ts'
import { toTraces } from '../../../grafana/src/look/links.ts'
import { issueSeverities, modes, recommendations, states } from '../../../grafana/src/look/mappings.ts'
import { figure } from '../../../grafana/src/panels/figures.ts'
import { table } from '../../../grafana/src/panels/table.ts'
import { influx, now } from '../../../grafana/src/queries/query.ts'

const look = { what: 'x', whenBad: 'y', unit: 'none', noValue: 'none', queries: [now('a', 'up')] }
const tile = (title: string, width = 4, height = 3) => figure({ ...look, title, width, height })

describe('places', () => {
  it('never overlap and never leave the grid', () => {
    const size = fc.record({
      width: fc.integer({ min: 1, max: columns }),
      height: fc.integer({ min: 1, max: 12 }),
    })
    fc.assert(
      fc.property(fc.array(fc.array(size, { maxLength: 8 }), { maxLength: 4 }), (sections) => {
        const panels = layOut(
          sections.map((tiles, s) => ({
            title: `row ${s}`,
            tiles: tiles.map(({ width, height }, t) => tile(`${s}/${t}`, width, height)),
          })),
        )
        const taken = new Set<string>()
        for (const { gridPos: { x = 0, y = 0, w = 0, h = 0 } = {} } of panels)
          for (let column = x; column < x + w; column++)
            for (let line = y; line < y + h; line++) {
              expect(column).toBeLessThan(columns)
              expect(taken.has(`${column},${line}`)).toBe(false)
              taken.add(`${column},${line}`)
            }
      }),
      { numRuns: 50 },
    )
  })

  it('keep the id of a panel when its neighbours change', () => {
    const idOf = (titles: string[]) =>
      layOut([{ tiles: titles.map((title) => tile(title)) }]).find(({ title }) => title === 'b')?.id
    expect(idOf(['a', 'b'])).toBe(idOf(['c', 'd', 'b']))
    expect(idOf(['b'])).toBeGreaterThan(0)
  })

  it('refuse two panels of one title', () => {
    expect(() => layOut([{ tiles: [tile('a'), tile('a')] }])).toThrow('found the panel "a" twice')
  })
})

describe('a panel', () => {
  it('asks one data source', () => {
    const mixed = figure({
      ...look,
      title: 'a',
      width: 4,
      queries: [now('a', 'up'), influx('b', 'SELECT 1')],
    })
    expect(() => mixed.build(1, { x: 0, y: 0, w: 4, h: 4 })).toThrow('allowed: one')
  })

  it('of several queries says what joins them', () => {
    const { unit: _, ...rest } = look
    const queries = [now('a', 'up'), now('b', 'up')]
    expect(() => table({ ...rest, title: 'a', width: 4, queries, columns: [] })).toThrow('need a label')
  })
})

it('a drawing has a box where a panel stands', () => {
  const panels = layOut([{ tiles: [tile('one', 12, 3), [tile('two', 12, 3), tile('a long title', 2, 3)]] }])
  const drawn = draw({ panels } as unknown as Parameters<typeof draw>[0]).split('\n')
  expect(drawn).toHaveLength(6)
  expect(drawn[0]).toBe(`┌${'─'.repeat(46)}┐┌${'─'.repeat(46)}┐`)
  expect(drawn[1]).toBe(`│one${' '.repeat(43)}││two${' '.repeat(43)}│`)
  expect(drawn[4]).toBe(`${' '.repeat(48)}│a lon…│`)
})

describe('words', () => {
  const keys = (mappings: typeof states): string[] =>
    Object.keys((mappings[0] as { options: object }).options)
  it('are there for every state, mode, severity and issue', () => {
    expect(keys(states).sort()).toEqual(['-1', ...sessionStates.map((_, code) => String(code))].sort())
    expect(keys(modes).sort()).toEqual([...accountModes].sort())
    expect(keys(issueSeverities).sort()).toEqual([...severities].sort())
    expect(keys(recommendations).sort()).toEqual([...issues].sort())
  })

  it('of states have the colours of the house, and only open is good', () => {
    const { options } = states[0] as unknown as { options: Record<string, { text: string; color: string }> }
    for (const { text, color } of Object.values(options)) {
      expect(Object.values(colours)).toContain(color)
      expect(color === colours.good).toBe(text === 'open')
    }
  })
})

it('a link to the traces keeps the references that Grafana fills in', () => {
  const link = toTraces('linda.account')
  for (const name of ['tempo_datasource', 'account', '__from', '__to']) expect(link).toContain(`\${${name}}`)
  expect(decodeURIComponent(link)).toContain('span.linda.account = ')
})

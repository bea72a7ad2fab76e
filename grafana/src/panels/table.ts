// Tables whose columns are chosen and named: several queries are joined by a label, and every column brings its own look.

import { TableCellHeight } from '@grafana/grafana-foundation-sdk/common'
import type { DashboardLink, ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard'
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/table'
import type { Steps } from '../look/colours.ts'
import { type Look, type Override, type Tile, thresholdsOf, tile } from './tile.ts'

export interface Column {
  /** A label, or `Value #A` for the value of the first of several queries; `Value` where there is one. */
  readonly from: string
  readonly name: string
  readonly unit?: string
  readonly decimals?: number
  /** In pixels. */
  readonly size?: number
  readonly mappings?: readonly ValueMapping[]
  readonly steps?: Steps
  readonly cell?: 'background' | 'text' | 'gauge'
  readonly min?: number
  readonly max?: number
  readonly links?: readonly DashboardLink[]
  /** More properties, such as buttons. */
  readonly more?: readonly { readonly id: string; readonly value?: unknown }[]
}

interface Table extends Omit<Look, 'unit'> {
  readonly columns: readonly Column[]
  /** The label that rows of several queries have in common. */
  readonly join?: string
  /** A column of JSON whose fields become columns. */
  readonly unpack?: string
  readonly sort?: readonly { readonly column: string; readonly descending?: true }[]
}

const cells = {
  background: { type: 'color-background', mode: 'basic' },
  text: { type: 'color-text' },
  gauge: { type: 'gauge', mode: 'basic', valueDisplayMode: 'text' },
} as const

export function table(look: Table): Tile {
  const { columns, join, unpack, sort = [], queries } = look
  if (queries.length > 1 && join === undefined)
    throw new Error(`${look.title}: several queries need a label to join`)
  const overrides = [...columns.map(override), ...(look.overrides ?? [])].filter(
    ({ properties }) => properties.length > 0,
  )
  return tile({ ...look, unit: 'none', overrides }, 9, () => {
    const builder = new PanelBuilder()
      .showHeader(true)
      .cellHeight(TableCellHeight.Sm)
      .filterable(true)
      .sortBy(
        sort.map(({ column, descending }) => ({
          build: () => ({ displayName: column, desc: descending === true }),
        })),
      )
    if (join !== undefined)
      builder.withTransformation({ id: 'joinByField', options: { byField: join, mode: 'outer' } })
    if (unpack !== undefined)
      builder.withTransformation({ id: 'extractFields', options: { source: unpack, format: 'json' } })
    return builder
      .withTransformation({
        id: 'filterFieldsByName',
        options: { include: { names: columns.map(({ from }) => from) } },
      })
      .withTransformation({
        id: 'organize',
        options: {
          excludeByName: {},
          indexByName: Object.fromEntries(columns.map(({ from }, index) => [from, index])),
          renameByName: Object.fromEntries(columns.map(({ from, name }) => [from, name])),
        },
      })
  })
}

function override(column: Column): Override {
  const { name, unit, decimals, size, mappings, steps, cell, min, max, links, more = [] } = column
  const has = (id: string, value: unknown) => (value === undefined ? [] : [{ id, value }])
  return {
    matcher: { id: 'byName', options: name },
    properties: [
      ...has('unit', unit),
      ...has('decimals', decimals),
      ...has('custom.width', size),
      ...has('mappings', mappings),
      ...has('thresholds', steps && thresholdsOf(steps)),
      ...(steps || mappings ? [{ id: 'color', value: { mode: 'thresholds' } }] : []),
      ...has('custom.cellOptions', cell && cells[cell]),
      ...has('min', min),
      ...has('max', max),
      ...has('links', links),
      ...more,
    ],
  }
}

// What every panel has to say, whatever it draws: a title, what it shows, what to do when it looks bad, and a word for nothing.

import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog'
import type { DataSourceRef } from '@grafana/grafana-foundation-sdk/common'
import {
  type DashboardLink,
  DashboardLinkType,
  FieldColorModeId,
  type GridPos,
  type Panel,
  ThresholdsMode,
  type ValueMapping,
} from '@grafana/grafana-foundation-sdk/dashboard'
import { colours, type Steps } from '../look/colours.ts'
import type { Query } from '../queries/query.ts'
import { sourceOfAll, targets } from '../queries/targets.ts'

export interface Override {
  readonly matcher: { readonly id: string; readonly options: unknown }
  readonly properties: readonly { readonly id: string; readonly value?: unknown }[]
}

export interface Look {
  readonly title: string
  /** One or two sentences: what the panel shows. */
  readonly what: string
  /** What to do, or where to look next. */
  readonly whenBad: string
  /** Of 24 columns. */
  readonly width: number
  /** In rows of Grafana's grid, of about 38 pixels. */
  readonly height?: number
  readonly queries: readonly Query[]
  readonly unit: string
  /** Shown where there is nothing to show. */
  readonly noValue: string
  readonly decimals?: number
  readonly min?: number
  readonly max?: number
  readonly steps?: Steps
  readonly mappings?: readonly ValueMapping[]
  readonly overrides?: readonly Override[]
  /** A range of its own whatever is chosen, such as `365d`. */
  readonly over?: string
  /** On a value, for whoever clicks it. */
  readonly valueLinks?: readonly DashboardLink[]
  /** In the head of the panel. */
  readonly links?: readonly DashboardLink[]
}

/** A panel that knows its size and not yet its place. */
export interface Tile {
  readonly title: string
  readonly width: number
  readonly height: number
  readonly queries: readonly Query[]
  /** The range of its own, where it has one. */
  readonly over?: string | undefined
  build(id: number, at: GridPos): Panel
}

/** What the builders of the SDK have in common; it has no type of its own for it. */
interface Dressable {
  id(id: number): unknown
  title(title: string): unknown
  description(description: string): unknown
  datasource(datasource: DataSourceRef): unknown
  gridPos(at: GridPos): unknown
  targets(targets: Builder<Dataquery>[]): unknown
  links(links: Builder<DashboardLink>[]): unknown
  timeFrom(range: string): unknown
  unit(unit: string): unknown
  noValue(text: string): unknown
  decimals(decimals: number): unknown
  min(min: number): unknown
  max(max: number): unknown
  mappings(mappings: ValueMapping[]): unknown
  thresholds(
    thresholds: Builder<{ mode: ThresholdsMode; steps: { value: number | null; color: string }[] }>,
  ): unknown
  colorScheme(color: Builder<{ mode: FieldColorModeId }>): unknown
  dataLinks(links: Builder<DashboardLink>[]): unknown
  withOverride(override: { matcher: { id: string }; properties: { id: string }[] }): unknown
  build(): Panel
}

const asBuilders = <T>(all: readonly T[]): Builder<T>[] => all.map((one) => ({ build: () => one }))

/** A tile drawn by a builder of the SDK, which is made anew for each. */
export function tile<B extends Dressable>(look: Look, height: number, make: () => B): Tile {
  const { title, width, queries } = look
  return {
    title,
    width,
    height: look.height ?? height,
    queries,
    over: look.over,
    build: (id, at) => {
      const builder = make()
      builder.id(id)
      builder.gridPos(at)
      dress(builder, look)
      return builder.build()
    },
  }
}

/** Between what a panel shows and what to do. */
export const atBad = '\n\n**When it looks bad:** '

export function describe({ what, whenBad }: Pick<Look, 'what' | 'whenBad'>): string {
  return what + atBad + whenBad
}

function dress(builder: Dressable, look: Look): void {
  const { title, queries, unit, noValue, decimals, min, max, steps, mappings, overrides = [] } = look
  builder.title(title)
  builder.description(describe(look))
  builder.datasource(sourceOfAll(queries))
  builder.targets(targets(queries))
  builder.unit(unit)
  builder.noValue(noValue)
  if (look.over !== undefined) builder.timeFrom(look.over)
  if (decimals !== undefined) builder.decimals(decimals)
  if (min !== undefined) builder.min(min)
  if (max !== undefined) builder.max(max)
  if (mappings) builder.mappings([...mappings])
  builder.thresholds({ build: () => thresholdsOf(steps ?? [[null, 'plain']]) })
  builder.colorScheme({
    build: () => ({
      mode: steps || mappings ? FieldColorModeId.Thresholds : FieldColorModeId.PaletteClassic,
    }),
  })
  if (look.valueLinks) builder.dataLinks(asBuilders(look.valueLinks.map(whole)))
  if (look.links) builder.links(asBuilders(look.links.map(whole)))
  for (const { matcher, properties } of overrides)
    builder.withOverride({ matcher: { ...matcher }, properties: [...properties] })
}

/** With all that the SDK's type of a link asks for. */
export function whole({ title, url = '', targetBlank }: DashboardLink): DashboardLink {
  return {
    title,
    url,
    targetBlank,
    type: DashboardLinkType.Link,
    icon: 'external link',
    tooltip: '',
    tags: [],
    asDropdown: false,
    includeVars: false,
    keepTime: false,
  }
}

/** One series or column with steps of its own. */
export function steps(name: string, own: Steps): Override {
  return {
    matcher: { id: 'byName', options: name },
    properties: [{ id: 'thresholds', value: thresholdsOf(own) }],
  }
}

export function thresholdsOf(steps: Steps) {
  return {
    mode: ThresholdsMode.Absolute,
    steps: steps.map(([value, meaning]) => ({ value, color: colours[meaning] })),
  }
}

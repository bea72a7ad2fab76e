// A dashboard as a whole: its panels in their places, the variables, marks and links that all of them have, and every query that it asks.

import {
  DashboardBuilder,
  DashboardCursorSync,
  type DashboardLink,
  DashboardLinkBuilder,
  DashboardLinkType,
  type Dashboard as Model,
} from '@grafana/grafana-foundation-sdk/dashboard'
import type { Dashboard } from '../../prometheus/src/alert.ts'
import { layOut, type Section } from './layout.ts'
import { whole } from './panels/tile.ts'
import { annotations, marks } from './parts/annotations.ts'
import { accounts, common, type Variable } from './parts/variables.ts'
import type { Query } from './queries/query.ts'

export interface Sketch {
  /** After `linda-` it is the uid. */
  readonly name: Dashboard
  readonly title: string
  /** Whom it serves and with which question. */
  readonly description: string
  /** Such as `now-3h`. */
  readonly from: string
  /** Such as `30s`; left out where nothing moves fast. */
  readonly refresh?: string
  /** Where one account is shown, or something else is chosen beside it. */
  readonly account?: Variable
  readonly variables?: readonly Variable[]
  readonly links?: readonly DashboardLink[]
  readonly sections: readonly Section[]
}

export interface Asked {
  readonly panel: string
  readonly query: Query
  /** Instead of the range of the dashboard. */
  readonly over?: string | undefined
}

export interface Made {
  readonly name: Dashboard
  readonly model: Model
  /** Of panels and annotations; those of the variables are in the model alone. */
  readonly asked: readonly Asked[]
}

/** To all others, with what is chosen and the time range. */
const others = new DashboardLinkBuilder('Linda')
  .type(DashboardLinkType.Dashboards)
  .tags(['linda'])
  .icon('dashboard')
  .tooltip('')
  .asDropdown(false)
  .includeVars(true)
  .keepTime(true)
  .targetBlank(false)

export function make(sketch: Sketch): Made {
  const {
    name,
    title,
    description,
    from,
    refresh = '',
    account = accounts,
    variables = [],
    links = [],
    sections,
  } = sketch
  const builder = new DashboardBuilder(`Linda / ${title}`)
    .uid(`linda-${name}`)
    .description(description)
    .tags(['linda'])
    .readonly()
    .tooltip(DashboardCursorSync.Crosshair)
    .time({ from, to: 'now' })
    .refresh(refresh)
    .variables([...common, account, ...variables])
    .annotations([...annotations])
    .links([others, ...links.map((link) => ({ build: () => whole(link) }))])
  const model = builder.build()
  model.panels = layOut(sections)
  // The SDK hides them in a menu.
  for (const shown of [...(model.links ?? []), ...(model.annotations.list ?? [])]) delete shown.placement
  const tiles = sections.flatMap((section) => section.tiles.flat())
  return {
    name,
    // What stays of the SDK's objects when they are written.
    model: JSON.parse(JSON.stringify(model)) as Model,
    asked: [
      ...tiles.flatMap(({ title, queries, over }) => queries.map((query) => ({ panel: title, query, over }))),
      ...marks.map(({ name, query }) => ({ panel: `annotation ${name}`, query })),
    ],
  }
}

export function textOf({ model }: Made): string {
  return `${JSON.stringify(model, null, 2)}\n`
}

// Values over time: lines for levels and rates, stacked bars for what happened in each step, points for single events.

import {
  GraphDrawStyle,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  SortOrder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
} from '@grafana/grafana-foundation-sdk/common'
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/timeseries'
import { type Look, type Tile, tile } from './tile.ts'

interface Graph extends Look {
  /** The steps as lines: a limit to be seen, not the colour of the series. */
  readonly limits?: true
  /** From this value to that one at least, so that a small wobble does not look like a mountain. */
  readonly softMax?: number
  readonly stacked?: true
}

const legend = {
  build: () => ({
    displayMode: LegendDisplayMode.List,
    placement: LegendPlacement.Bottom,
    showLegend: true,
    calcs: [],
  }),
}
const tooltip = { build: () => ({ mode: TooltipDisplayMode.Multi, sort: SortOrder.Descending }) }

export function lines(look: Graph): Tile {
  return tile(inPalette(look), 8, () => {
    const builder = base(look)
      .drawStyle(GraphDrawStyle.Line)
      .lineWidth(1)
      .fillOpacity(look.stacked ? 30 : 8)
    return look.stacked ? stacked(builder) : builder
  })
}

/** What happened in each step, one on the other. */
export function events(look: Graph): Tile {
  return tile(inPalette(look), 8, () =>
    stacked(base(look).drawStyle(GraphDrawStyle.Bars).lineWidth(0).fillOpacity(80)),
  )
}

export function points(look: Graph): Tile {
  return tile(inPalette(look), 8, () =>
    base(look).drawStyle(GraphDrawStyle.Points).showPoints(VisibilityMode.Always).pointSize(6),
  )
}

/** Steps of a graph are limits: its series keep colours of their own. */
function inPalette(look: Graph): Graph {
  const palette = { id: 'color', value: { mode: 'palette-classic-by-name' } }
  const all = { matcher: { id: 'byRegexp', options: '/.*/' }, properties: [palette] }
  return { ...look, overrides: [...(look.steps ? [all] : []), ...(look.overrides ?? [])] }
}

function base(look: Graph): PanelBuilder {
  const builder = new PanelBuilder().legend(legend).tooltip(tooltip).showPoints(VisibilityMode.Never)
  if (look.min === undefined) builder.axisSoftMin(0)
  if (look.softMax !== undefined) builder.axisSoftMax(look.softMax)
  if (look.limits) builder.thresholdsStyle({ build: () => ({ mode: GraphThresholdsStyleMode.Dashed }) })
  return builder
}

function stacked(builder: PanelBuilder): PanelBuilder {
  return builder.stacking({ build: () => ({ mode: StackingMode.Normal, group: 'A' }) })
}

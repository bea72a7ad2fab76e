// States over time, a band for each account: who was in what state when, and for how long.

import {
  LegendDisplayMode,
  LegendPlacement,
  SortOrder,
  TooltipDisplayMode,
  VisibilityMode,
} from '@grafana/grafana-foundation-sdk/common'
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/statetimeline'
import { type Look, type Tile, tile } from './tile.ts'

/** @param look its mappings say what the values are called; bands beyond twenty are on further pages */
export function timeline(look: Look): Tile {
  return tile(look, 8, () =>
    new PanelBuilder()
      .mergeValues(true)
      .showValue(VisibilityMode.Auto)
      .rowHeight(0.85)
      .fillOpacity(75)
      .lineWidth(0)
      .perPage(20)
      .legend({
        build: () => ({
          displayMode: LegendDisplayMode.List,
          placement: LegendPlacement.Bottom,
          showLegend: true,
          calcs: [],
        }),
      })
      .tooltip({ build: () => ({ mode: TooltipDisplayMode.Single, sort: SortOrder.None }) }),
  )
}

// The buckets of a histogram over time: where the crowd is, and who is far from it.

import { ScaleDistribution } from '@grafana/grafana-foundation-sdk/common'
import { HeatmapColorMode, PanelBuilder } from '@grafana/grafana-foundation-sdk/heatmap'
import { type Look, type Tile, tile } from './tile.ts'

/** @param look its queries must be of the format `heatmap`; its unit is that of the buckets */
export function heatmap(look: Look): Tile {
  return tile(look, 8, () =>
    new PanelBuilder()
      .calculate(false)
      .cellGap(1)
      .color({
        build: () => ({
          mode: HeatmapColorMode.Scheme,
          scheme: 'Oranges',
          fill: 'dark-orange',
          exponent: 0.5,
          steps: 64,
          reverse: false,
        }),
      })
      .yAxis({ build: () => ({ unit: look.unit }) })
      .scaleDistribution({ build: () => ({ type: ScaleDistribution.Linear }) })
      .filterValues({ build: () => ({ le: 1e-9 }) })
      .showLegend(),
  )
}

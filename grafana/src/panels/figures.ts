// Figures of one moment: a number, a dial, or bars side by side.

import { PanelBuilder as BarGaugeBuilder } from '@grafana/grafana-foundation-sdk/bargauge'
import {
  BarGaugeDisplayMode,
  BarGaugeNamePlacement,
  BarGaugeValueMode,
  BigValueColorMode,
  BigValueGraphMode,
  BigValueTextMode,
  VizOrientation,
} from '@grafana/grafana-foundation-sdk/common'
import { PanelBuilder as GaugeBuilder } from '@grafana/grafana-foundation-sdk/gauge'
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat'
import { type Look, type Tile, tile } from './tile.ts'

/** The last value that is a number. */
const last = { build: () => ({ calcs: ['lastNotNull'], fields: '', values: false }) }

interface Figure extends Look {
  /** Its way there, drawn behind it; the query must not be of one moment. */
  readonly trend?: true
  /** Coloured as a whole, so that it is seen from afar. */
  readonly loud?: true
}

export function figure(look: Figure): Tile {
  return tile(look, 4, () =>
    new StatBuilder()
      .reduceOptions(last)
      .graphMode(look.trend ? BigValueGraphMode.Area : BigValueGraphMode.None)
      .colorMode(look.loud ? BigValueColorMode.Background : BigValueColorMode.Value)
      .textMode(look.queries.length > 1 ? BigValueTextMode.ValueAndName : BigValueTextMode.Auto)
      .orientation(VizOrientation.Auto)
      .wideLayout(true),
  )
}

export function dial(look: Look): Tile {
  return tile(look, 6, () =>
    new GaugeBuilder().reduceOptions(last).showThresholdMarkers(true).showThresholdLabels(false),
  )
}

/** One bar for each series, with its name before it. */
export function bars(look: Look): Tile {
  return tile(look, 7, () =>
    new BarGaugeBuilder()
      .reduceOptions(last)
      .orientation(VizOrientation.Horizontal)
      .displayMode(BarGaugeDisplayMode.Basic)
      .valueMode(BarGaugeValueMode.Color)
      .namePlacement(BarGaugeNamePlacement.Left)
      .showUnfilled(true),
  )
}

// Grafana's own list of alerts, for which the SDK has no builder: what fires now, the worst first, with its links.

import type { GridPos, Panel } from '@grafana/grafana-foundation-sdk/dashboard'
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/dashboard'
import { describe, type Look, type Tile } from './tile.ts'

type Words = Pick<Look, 'title' | 'what' | 'whenBad' | 'width' | 'height'>

class AlertListBuilder extends PanelBuilder {
  constructor(labels: string) {
    super()
    this.internal.type = 'alertlist'
    this.internal.options = {
      viewMode: 'list',
      groupMode: 'default',
      groupBy: [],
      maxItems: 30,
      // By importance.
      sortOrder: 3,
      dashboardAlerts: false,
      alertName: '',
      alertInstanceLabelFilter: labels,
      stateFilter: {
        firing: true,
        pending: true,
        recovering: true,
        noData: false,
        normal: false,
        error: true,
      },
      showInactiveAlerts: false,
    }
  }
}

/**
 * Alerts of every data source that may show them (`manageAlerts` in its provisioning).
 * @param labels matchers of the alerts that are listed, such as `{severity=~"critical|warning"}`
 */
export function alertList(words: Words, labels: string): Tile {
  const { title, width, height = 8 } = words
  const build = (id: number, at: GridPos): Panel =>
    new AlertListBuilder(labels).id(id).title(title).description(describe(words)).gridPos(at).build()
  return { title, width, height, queries: [], build }
}

// Rules as Prometheus reads them; a variant with other times is the same rules for a test that cannot wait.

import { stringify } from 'yaml'
import type { Alert, Group } from '../alert.ts'
import { dashboardOf, runbookOf } from '../urls.ts'

export interface Variant {
  /** Instead of an alert's own `for`. */
  forOf?(alert: Alert): string | undefined
  /** Instead of every group's own interval. */
  interval?: string
}

export function labelsOf({ severity, tier }: Alert): Record<string, string> {
  return { severity, ...(tier === undefined ? {} : { tier }) }
}

export function annotationsOf(alert: Alert): Record<string, string> {
  const { summary, description, action } = alert
  return { summary, description, action, runbook_url: runbookOf(alert), dashboard_url: dashboardOf(alert) }
}

function ruleOf(alert: Alert, { forOf }: Variant): object {
  const { name, expr, keepFiringFor } = alert
  const holds = forOf ? forOf(alert) : alert.for
  return {
    alert: name,
    expr,
    ...(holds === undefined ? {} : { for: holds }),
    ...(keepFiringFor === undefined ? {} : { keep_firing_for: keepFiringFor }),
    labels: labelsOf(alert),
    annotations: annotationsOf(alert),
  }
}

/** The text of one file of rules. */
export function renderRules(groups: readonly Group[], variant: Variant = {}): string {
  const all = groups.map(({ name, interval, records = [], alerts = [] }) => {
    const every = variant.interval ?? interval
    return {
      name,
      ...(every === undefined ? {} : { interval: every }),
      rules: [...records, ...alerts.map((alert) => ruleOf(alert, variant))],
    }
  })
  return stringify({ groups: all }, { lineWidth: 0 })
}

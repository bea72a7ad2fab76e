// Where the links in alerts lead; the addresses are set in alertmanager/settings.yaml.

import { settings } from '../../alertmanager/src/settings.ts'
import type { Alert } from './alert.ts'

const { runbooks, grafana } = settings.links

/** One runbook for all tiers of an alert. */
export function runbookOf({ name }: Pick<Alert, 'name'>): string {
  return `${runbooks}/${name}.md`
}

/** The dashboard that shows it, at the account or pool where the alert speaks of one. */
export function dashboardOf({ dashboard, description }: Pick<Alert, 'dashboard' | 'description'>): string {
  const variable = ['account', 'pool'].find((label) => description.includes(`$labels.${label} `))
  const query = variable ? `?var-${variable}={{ $labels.${variable} }}` : ''
  return `${grafana}/d/linda-${dashboard}${query}`
}

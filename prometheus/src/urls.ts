// Where the links in alerts lead: change these two lines for your own servers and run `npm run docs`.

import type { Alert } from './alert.ts'

/** Where docs/runbooks/ can be read, without a slash at its end. */
export const runbookBase = 'https://linda.example.com/docs/runbooks'
/** Where Grafana is, without a slash at its end. */
export const grafanaBase = 'https://grafana.example.com'

/** One runbook for all tiers of an alert. */
export function runbookOf({ name }: Pick<Alert, 'name'>): string {
  return `${runbookBase}/${name}.md`
}

/** The dashboard that shows it, at the account or pool where the alert speaks of one. */
export function dashboardOf({ dashboard, description }: Pick<Alert, 'dashboard' | 'description'>): string {
  const variable = ['account', 'pool'].find((label) => description.includes(`$labels.${label} `))
  const query = variable ? `?var-${variable}={{ $labels.${variable} }}` : ''
  return `${grafanaBase}/d/linda-${dashboard}${query}`
}

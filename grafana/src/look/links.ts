// Where a click leads: every link keeps the time range and the variables, so that nobody chooses again what was chosen before.

import type { DashboardLink } from '@grafana/grafana-foundation-sdk/dashboard'
import type { Dashboard } from '../../../prometheus/src/alert.ts'
import { runbookOf } from '../../../prometheus/src/urls.ts'
import { variable } from './variable.ts'

/** Where the agent's admin listener is reached by people: change it for your own and run `npm run docs`. */
const adminBase = 'https://linda.example.com'

const kept = ['prometheus_datasource', 'job', 'pool', 'region']
  .map((name) => variable(name, 'queryparam'))
  .join('&')

/** The value that is clicked. */
const clicked = variable('__value.raw')

/** @param more variables of the other dashboard, such as `var-account=x` */
export function toDashboard(name: Dashboard, more = ''): string {
  return `/d/linda-${name}?${variable('__url_time_range')}&${kept}${more && `&${more}`}`
}

/** A link on a value. */
export function link(title: string, url: string, targetBlank = false): DashboardLink {
  return { title, url, targetBlank } as DashboardLink
}

/** At the value of the column that holds the account. */
export const toAccount = link('Open the account', toDashboard('account', `var-account=${clicked}`))

/** At the value of the column that holds the name of the alert. */
export const toRunbook = link('Open the runbook', runbookOf({ name: clicked }), true)

/** The page on which whoever holds the phone scans; it asks for the token that `linda qr ACCOUNT --link` makes. */
export const toLinkingPage = `${adminBase}/link/${variable('account')}`

/** Grafana's Explore with the traces of the account. */
export function toTraces(attribute: string): string {
  const uid = variable('tempo_datasource')
  const query = `{ span.${attribute} = "${variable('account')}" }`
  const panes = {
    a: {
      datasource: uid,
      queries: [{ refId: 'A', datasource: { type: 'tempo', uid }, queryType: 'traceql', query }],
      range: { from: variable('__from'), to: variable('__to') },
    },
  }
  // The references themselves must stay readable for Grafana.
  const text = encodeURIComponent(JSON.stringify(panes)).replaceAll(/%24%7B(\w+)%7D/g, (_, name: string) =>
    variable(name),
  )
  return `/explore?schemaVersion=1&panes=${text}`
}

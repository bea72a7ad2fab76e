// What several panels of this dashboard ask with.

import { alerts as alertsOf } from '../../queries/alerts.ts'
import { grew } from '../../queries/selectors.ts'

/** A series of the chosen pagers, which are jobs of their own. */
export const pager = (metric: string, matchers = ''): string =>
  `${metric}{${pagers}${matchers && `, ${matchers}`}}`

export const noPager = { mayBeEmpty: 'There is nothing where no pager runs, or it had nobody to tell.' }

export const running = { mayBeEmpty: 'There is nothing where no pager runs.' }

/** Alerts about the chosen accounts and pools, and those about none. */
export const alerts = (matchers: string): string =>
  alertsOf(`account=~"$account|", pool=~"$pool|", ${matchers}`)

export const pagers = 'job=~"$pager"'

export const increase = (metric: string, matchers = ''): string => grew(pager(metric, matchers), pagers)

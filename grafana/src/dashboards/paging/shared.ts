// What several panels of this dashboard ask with.

import { alertsOf } from '../../parts/annotations.ts'

/** A series of the chosen pagers, which are jobs of their own. */
export const pager = (metric: string, matchers = ''): string =>
  `${metric}{job=~"$pager"${matchers && `, ${matchers}`}}`

export const noPager = { mayBeEmpty: 'There is nothing where no pager runs, or it had nobody to tell.' }

export const running = { mayBeEmpty: 'There is nothing where no pager runs.' }

/** Alerts about the chosen accounts and pools, and those about none. */
export const alerts = (matchers: string): string =>
  `ALERTS{${alertsOf('$job')}, account=~"$account|", pool=~"$pool|", ${matchers}}`

export const increase = (metric: string, matchers = ''): string =>
  `increase(${pager(metric, matchers)}[$__rate_interval])`

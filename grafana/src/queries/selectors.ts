// Series of what is chosen in the variables, and the ways of counting them.

import { increased } from '../../../prometheus/src/promql.ts'

/** In every selector: one Prometheus may watch several fleets. */
export const job = 'job=~"$job"'

const list = (...matchers: string[]): string => `{${matchers.filter((matcher) => matcher !== '').join(', ')}}`

/** A series of the chosen fleets. */
export function of(metric: string, matchers = ''): string {
  return `${metric}${list(job, matchers)}`
}

/** A series of the chosen accounts, whatever their pool. */
export function account(metric: string, matchers = ''): string {
  return `${metric}${list(job, 'account=~"$account"', matchers)}`
}

/** A series of the chosen pools. */
export function pool(metric: string, matchers = ''): string {
  return `${metric}${list(job, 'pool=~"$pool"', matchers)}`
}

/** A series of the chosen agents. */
export function agent(metric: string, matchers = ''): string {
  return `${metric}${list(job, 'instance=~"$instance"', matchers)}`
}

/** Per second. */
export function rate(by: string, series: string): string {
  return `sum by (${by}) (rate(${series}[$__rate_interval]))`
}

/** What a counter grew by in each step, by the expression of the alerts, which sees the first event of a series and what was before a restart. */
export function grew(series: string, targets = job): string {
  return increased(series, '$__rate_interval', '$__rate_interval_ms / 1000', targets)
}

/** The same over the whole time range, for figures. */
export function grewInRange(series: string, targets = job): string {
  return increased(series, '$__range', '$__range_s', targets)
}

/** What a histogram says of the share `quantile` of its observations. */
export function quantile(share: number, metric: string, by = '', matchers = ''): string {
  const labels = by === '' ? 'le' : `le, ${by}`
  return `histogram_quantile(${share}, sum by (${labels}) (rate(${of(`${metric}_bucket`, matchers)}[$__rate_interval])))`
}

/**
 * The same over the whole time range, for figures. Without an observation the quantile is no number (0/0), which some Grafanas show as
 * that: here it is nothing.
 * @param buckets the growth of the buckets
 */
export function quantileOf(share: number, buckets: string): string {
  return `histogram_quantile(${share}, sum by (le) (${buckets})) >= 0`
}

/** Open messages of the chosen pools, in all states or in some; every agent on one store counts the same rows. */
export function open(by: string, states = ''): string {
  const series = pool('whatsapp_outbox_messages', states && `state=~"${states}"`)
  return `sum by (${by}) (max by (job, pool, state) (${series}))`
}

// The pieces of PromQL that several panels need: what is chosen in the variables, and counting that sees the first event of a series.

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

/** The accounts that the variables choose; only this series knows pool and region. */
export const chosen = account('whatsapp_account_info', 'pool=~"$pool", region=~"$region"')

/** Keeps the series of the chosen accounts. A pool or region of an account is not in its other series, and a list of 1,000 ids fits in no query. */
export function mine(expr: string): string {
  return `(${expr}) and on (job, instance, account) ${chosen}`
}

/** Per second. */
export function rate(by: string, series: string): string {
  return `sum by (${by}) (rate(${series}[$__rate_interval]))`
}

/**
 * What a counter grew by in each step. A counter with a reason or an outcome begins with its first event, which increase() alone does not
 * see; where the agent was not scraped a step ago the first value is no news but the old sum.
 */
export function grew(
  series: string,
  window = '$__rate_interval',
  seconds = '$__rate_interval_ms / 1000',
): string {
  return `(
  ((${series} unless ${series} offset ${window})
    and on (job, instance) (up{${job}} offset ${window} == 1 or process_start_time_seconds{${job}} > time() - ${seconds}))
  or increase(${series}[${window}])
)`
}

/** The same over the whole time range, for figures. */
export function grewInRange(series: string): string {
  return grew(series, '$__range', '$__range_s')
}

/** What a histogram says of the share `quantile` of its observations. */
export function quantile(share: number, metric: string, by = '', matchers = ''): string {
  const labels = by === '' ? 'le' : `le, ${by}`
  return `histogram_quantile(${share}, sum by (${labels}) (rate(${of(`${metric}_bucket`, matchers)}[$__rate_interval])))`
}

/**
 * The number of the state of each account. Where two agents know it, the copy of the one that has it open is right.
 */
export const stateCode = `(
  max by (job, account) (${mine(`${account('whatsapp_session_state_code')} == 3`)})
  or max by (job, account) (${mine(account('whatsapp_session_state_code'))})
)`

/** Up anywhere is up. */
export const up = `max by (job, account) (${mine(account('whatsapp_session_up'))})`

/** Open messages of the chosen pools, in all states or in some; every agent on one store counts the same rows. */
export function open(by: string, states = ''): string {
  const series = pool('whatsapp_outbox_messages', states && `state=~"${states}"`)
  return `sum by (${by}) (max by (job, pool, state) (${series}))`
}

/** Nobody is 0 of a fleet that answers, and nothing of one that does not. */
export function orZero(expr: string): string {
  return `${expr} or 0 * count(${chosen})`
}

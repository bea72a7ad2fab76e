// What a panel asks, as data: the JSON, the lint and the check against real servers are all made from the same queries.

/** Why a healthy fleet may have no answer to a query. A query without a reason must always have one. */
interface Emptiness {
  readonly mayBeEmpty?: string
}

export interface PrometheusQuery extends Emptiness {
  readonly kind: 'prometheus'
  readonly expr: string
  /** The name of a series: a text, with `{{label}}` for the value of a label. */
  readonly legend: string
  /** One moment, the end of the time range, instead of all of it. */
  readonly instant?: true
  readonly format?: 'time_series' | 'table' | 'heatmap'
  /** Traces of single observations as points. */
  readonly exemplars?: true
  /** The shortest step between two points, such as `30s`, where a shorter one would say nothing. */
  readonly step?: string
}

export interface InfluxQuery extends Emptiness {
  readonly kind: 'influx'
  readonly query: string
  /** The name of a series: a text, with `$tag_NAME` for the value of a tag. */
  readonly alias: string
  readonly format?: 'time_series' | 'table'
}

export type Query = PrometheusQuery | InfluxQuery

type Settings = Omit<PrometheusQuery, 'kind' | 'expr' | 'legend'>

/** A query over the whole time range. */
export function range(legend: string, expr: string, more: Settings = {}): PrometheusQuery {
  return { kind: 'prometheus', legend, expr, ...more }
}

/** A query of one moment, for figures. */
export function now(legend: string, expr: string, more: Settings = {}): PrometheusQuery {
  return { kind: 'prometheus', legend, expr, instant: true, ...more }
}

/** A query of one moment whose labels become columns. */
export function rows(legend: string, expr: string, more: Settings = {}): PrometheusQuery {
  return { kind: 'prometheus', legend, expr, instant: true, format: 'table', ...more }
}

export function influx(
  alias: string,
  query: string,
  more: Omit<InfluxQuery, 'kind' | 'alias' | 'query'> = {},
): InfluxQuery {
  return { kind: 'influx', alias, query, ...more }
}

/** For what only shows when something happens: `noEvent('No message failed')`. */
export function noEvent(what: string): { readonly mayBeEmpty: string } {
  return { mayBeEmpty: `${what} in the time range.` }
}

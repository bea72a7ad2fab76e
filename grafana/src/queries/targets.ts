// Queries as Grafana's panels hold them: letters in the order of the list, and the data source that the variable names.

import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog'
import type { DataSourceRef } from '@grafana/grafana-foundation-sdk/common'
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus'
import { variable } from '../look/variable.ts'
import type { InfluxQuery, PrometheusQuery, Query } from './query.ts'

const uids = { prometheus: variable('prometheus_datasource'), influx: variable('influxdb_datasource') }
const types = { prometheus: 'prometheus', influx: 'influxdb' } as const
const formats = {
  time_series: PromQueryFormat.TimeSeries,
  table: PromQueryFormat.Table,
  heatmap: PromQueryFormat.Heatmap,
} as const

export function sourceOf(kind: Query['kind']): DataSourceRef {
  return { type: types[kind], uid: uids[kind] }
}

/** The one source of all of them; throws where they have several, because a panel asks one. */
export function sourceOfAll(queries: readonly Query[]): DataSourceRef {
  const kinds = new Set(queries.map(({ kind }) => kind))
  if (kinds.size > 1) throw new Error('found queries to several data sources in a panel, allowed: one')
  return sourceOf(queries[0]?.kind ?? 'prometheus')
}

export function targets(queries: readonly Query[]): Builder<Dataquery>[] {
  return queries.map((query, index) => {
    const refId = String.fromCharCode(65 + index)
    return query.kind === 'prometheus' ? prometheusTarget(query, refId) : influxTarget(query, refId)
  })
}

export function prometheusTarget(query: PrometheusQuery, refId: string): DataqueryBuilder {
  const { expr, legend, instant, format = 'time_series', exemplars, step } = query
  const target = new DataqueryBuilder()
    .refId(refId)
    .datasource(sourceOf('prometheus'))
    .expr(expr)
    .legendFormat(legend)
    .format(formats[format])
    .exemplar(exemplars === true)
  if (step !== undefined) target.interval(step)
  return instant ? target.instant() : target.range()
}

/** The SDK has no InfluxQL; this is the form that Grafana's own editor keeps a typed query in. */
function influxTarget(
  { query, alias, format = 'time_series' }: InfluxQuery,
  refId: string,
): Builder<Dataquery> {
  const target = {
    refId,
    datasource: sourceOf('influx'),
    query,
    rawQuery: true,
    resultFormat: format,
    alias,
    _implementsDataqueryVariant() {},
  }
  return { build: () => target }
}

// What is chosen at the head of every dashboard. All have the same variables, so that a link can hand all of them on.

import type { Builder } from '@grafana/grafana-foundation-sdk/cog'
import {
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  type VariableModel,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard'
import { sourceOf } from '../queries/targets.ts'

export type Variable = Builder<VariableModel>

/** @param plugin the kind of data source: `prometheus`, `influxdb`, `tempo` */
function source(plugin: string): Variable {
  const label = `${plugin.charAt(0).toUpperCase()}${plugin.slice(1)} data source`
  return new DatasourceVariableBuilder(`${plugin}_datasource`).label(label).type(plugin)
}

const everything = { selected: true, text: 'All', value: '$__all' }

/** Values of a label, asked again when the time range changes. */
function label(name: string, metric: string, from: string): QueryVariableBuilder {
  const query = `label_values(${metric}, ${from})`
  return new QueryVariableBuilder(name)
    .label(name.charAt(0).toUpperCase() + name.slice(1))
    .datasource(sourceOf('prometheus'))
    .query(query)
    .definition(query)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.NaturalAsc)
}

/** Any number of them; `All` is what matches everything, so that it grows with the fleet. */
function several(name: string, metric: string, from = name): Variable {
  return label(name, metric, from).multi(true).includeAll(true).allValue('.+').current(everything)
}

const info = 'whatsapp_account_info'

const prometheusSource = source('prometheus')
export const influxSource = source('influxdb')
export const tempoSource = source('tempo')
export const jobs = several('job', 'linda_build_info')
export const pools = several('pool', `${info}{job=~"$job"}`)
export const regions = several('region', `${info}{job=~"$job", pool=~"$pool"}`)
const inPoolAndRegion = `${info}{job=~"$job", pool=~"$pool", region=~"$region"}`
export const accounts = several('account', inPoolAndRegion)
/** Exactly one. */
export const oneAccount = label('account', inPoolAndRegion, 'account')
export const instances = several('instance', 'linda_build_info{job=~"$job"}')
export const pagers = several('pager', 'pager_heartbeat_timestamp_seconds', 'job')

/** Those that every dashboard has. */
export const common: readonly Variable[] = [prometheusSource, jobs, pools, regions]

// Marks over every graph: what happened to the fleet at that moment, so that nobody has to compare clocks.

import type { Builder } from '@grafana/grafana-foundation-sdk/cog'
import { type AnnotationQuery, AnnotationQueryBuilder } from '@grafana/grafana-foundation-sdk/dashboard'
import { increased } from '../../../prometheus/src/promql.ts'
import { colours, type Meaning } from '../look/colours.ts'
import { alerts } from '../queries/alerts.ts'
import { type PrometheusQuery, range } from '../queries/query.ts'
import { job, of, pool } from '../queries/selectors.ts'
import { prometheusTarget, sourceOf } from '../queries/targets.ts'

interface Mark {
  readonly name: string
  readonly meaning: Meaning
  readonly title: string
  readonly text: string
  readonly tags: string
  readonly query: PrometheusQuery
  /** The value is the moment, in milliseconds. */
  readonly valueIsTime?: true
}

export const marks: readonly Mark[] = [
  {
    name: 'Failovers',
    meaning: 'ended',
    title: 'Failover {{outcome}}',
    text: 'pool {{pool}}: {{trigger}}',
    tags: 'pool,trigger,outcome',
    query: range(
      '',
      `sum by (pool, trigger, outcome) (${increased(pool('whatsapp_failovers_total'), '1m', 60, job)}) > 0`,
      {
        step: '30s',
        mayBeEmpty: 'There was no failover in the time range.',
      },
    ),
  },
  {
    name: 'Deploys',
    meaning: 'person',
    title: 'Linda {{version}} started',
    text: '{{instance}}',
    tags: 'version,instance',
    query: range(
      '',
      `1000 * max by (instance, version) (
  ${of('process_start_time_seconds')} * on (job, instance) group_left (version) ${of('linda_build_info')}
)`,
      { step: '30s' },
    ),
    valueIsTime: true,
  },
  {
    name: 'Alerts',
    meaning: 'bad',
    title: '{{alertname}}',
    text: '{{severity}} {{account}} {{pool}}',
    tags: 'severity,account,pool',
    query: range(
      '',
      `max by (alertname, severity, account, pool) (${alerts('alertstate="firing", severity!="info"')})`,
      { step: '30s', mayBeEmpty: 'No alert fired in the time range.' },
    ),
  },
]

export const annotations: readonly Builder<AnnotationQuery>[] = marks.map(
  ({ name, meaning, title, text, tags, query, valueIsTime }) =>
    new AnnotationQueryBuilder()
      .name(name)
      .enable(true)
      .datasource(sourceOf('prometheus'))
      .iconColor(colours[meaning])
      .target(prometheusTarget(query, 'Anno'))
      .titleFormat(title)
      .textFormat(text)
      .tagKeys(tags)
      .useValueForTime(valueIsTime === true),
)

// A query as its parser sees it: mistakes in the grammar, and every selector with the names of its metric and labels.

import { parser } from '@prometheus-io/lezer-promql'
import type { Made } from '../../../grafana/src/dashboard.ts'
import { fillPromql } from '../../chaos/dashboards/fill.ts'

export interface Selector {
  metric: string
  labels: { name: string; operator: string; value: string }[]
}

/** Any value will do where nobody answers. */
const values = {
  job: 'linda',
  pool: 'sales',
  region: 'uae',
  account: 'uae-1',
  instance: 'a:1',
  pager: 'linda-pager',
}

export function filled(expr: string): string {
  return fillPromql(expr, { values, rangeSeconds: 3_600, stepSeconds: 15, scrapeSeconds: 15 })
}

/** Where the grammar is broken, as the text around it; empty when it is whole. */
export function mistakes(expr: string): string[] {
  const text = filled(expr)
  const found: string[] = []
  parser.parse(text).iterate({
    enter: ({ type, from, to }) => {
      if (type.isError) found.push(text.slice(Math.max(0, from - 20), to + 20))
    },
  })
  return found
}

/** With the variables as they stand, so that a rule can ask for `$job`. */
export function selectors(expr: string): Selector[] {
  // The grammar takes a name of letters for a duration nowhere.
  const text = expr
    .replaceAll(/\[\$__(rate_interval|range)\]/g, '[7m]')
    .replaceAll(/offset \$\w+/g, 'offset 7m')
  const numbers = text.replaceAll(/\$__(rate_interval_ms|range_s)/g, '7')
  const found: Selector[] = []
  parser.parse(numbers).iterate({
    enter: ({ name, from, to, node }) => {
      if (name === 'VectorSelector') found.push({ metric: '', labels: [] })
      const current = found.at(-1)
      if (!current) return
      const said = numbers.slice(from, to)
      if (name === 'Identifier' && node.parent?.name === 'VectorSelector') current.metric = said
      if (name === 'UnquotedLabelMatcher' || name === 'LabelMatcher') {
        const [, label = '', operator = '', value = ''] = /^(\w+)\s*(=~|!~|!=|=)\s*"(.*)"$/s.exec(said) ?? []
        current.labels.push({ name: label, operator, value })
      }
    },
  })
  return found
}

/** Queries of panels and annotations to Prometheus, and the metrics that its variables ask for. */
export function promqlOf({ asked, model }: Made): { where: string; expr: string }[] {
  const panels = asked.flatMap(({ panel, query }) =>
    query.kind === 'prometheus' ? [{ where: panel, expr: query.expr }] : [],
  )
  const variables = (model.templating.list ?? []).flatMap(({ name, type, definition = '' }) => {
    if (type !== 'query') return []
    const [, expr = ''] = /^label_values\((.*), \w+\)$/.exec(definition) ?? []
    return [{ where: `variable ${name}`, expr }]
  })
  return [...panels, ...variables]
}

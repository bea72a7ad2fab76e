// Dashboards and rules rest on metrics and labels that exist, and no metric is collected that nobody ever sees.

import { collectDefaultMetrics, Registry } from 'prom-client'
import { describe, expect, it } from 'vitest'
import { issues, severities } from '../../../agent/health/diagnosis.ts'
import { catalogue, type MetricSpec } from '../../../agent/telemetry/catalogue.ts'
import { accountModes, messageStates, sessionStates } from '../../../agent/words.ts'
import { catalogue as pagers } from '../../../alertmanager/pager/telemetry/catalogue.ts'
import { all } from '../../../grafana/src/dashboards/index.ts'
import { files } from '../../../prometheus/src/groups/index.ts'
import { metricsIn, standardMetrics } from '../prometheus/metrics.ts'
import { promqlOf, selectors } from './promql.ts'

const collected = [...Object.values(catalogue), ...Object.values(pagers)] as readonly MetricSpec[]
const specs = new Map(collected.map((spec) => [spec.name, spec]))
const groups = Object.values(files).flat()
const rules = groups.flatMap(({ records = [], alerts = [] }) =>
  [...records, ...alerts].map(({ expr }) => expr),
)
const recorded = groups.flatMap(({ records = [] }) => records.map(({ record }) => record))
const registry = new Registry()
collectDefaultMetrics({ register: registry })
const others = new Set([
  ...standardMetrics,
  ...recorded,
  ...registry.getMetricsAsArray().map((metric) => (metric as unknown as { name: string }).name),
])

/** The histogram of a series that is a part of one. */
function familyOf(name: string): string {
  const base = name.replace(/_(bucket|sum|count)$/, '')
  return specs.get(base)?.type === 'histogram' || others.has(base) ? base : name
}

const asked = all.flatMap((made) =>
  promqlOf(made).flatMap(({ where, expr }) =>
    selectors(expr).map((selector) => ({ where: `${made.name}, ${where}`, ...selector })),
  ),
)

/** Metrics that stand in no dashboard and no rule. */
const unseen: Readonly<Record<string, string>> = {
  whatsapp_pool_accounts:
    'Every agent counts the accounts that it has a copy of: panels count those that it has, by whatsapp_session_state.',
}

describe('the metrics of the dashboards', () => {
  it('exist, and so do the labels that they are chosen by', () => {
    expect(asked.length).toBeGreaterThan(300)
    for (const { where, metric, labels } of asked) {
      const family = familyOf(metric)
      const spec = specs.get(family)
      expect(spec !== undefined || others.has(family), `${where}: ${metric}`).toBe(true)
      if (!spec) continue
      expect(spec.type === 'histogram', `${where}: ${metric}`).toBe(family !== metric)
      const known = ['job', 'instance', ...spec.labels]
      for (const { name } of labels) expect(known, `${where}: ${metric}`).toContain(name)
    }
  })

  it('are chosen by words that the agent says', () => {
    const words: Readonly<Record<string, readonly string[]>> = {
      whatsapp_session_state: sessionStates,
      whatsapp_outbox_oldest_seconds: messageStates,
      whatsapp_outbox_messages: messageStates,
      whatsapp_account_mode: accountModes,
      whatsapp_diagnosis_active: [...severities, ...issues],
    }
    for (const { where, metric, labels } of asked)
      for (const { name, value } of labels)
        if (words[metric] && ['state', 'mode', 'severity', 'issue'].includes(name))
          for (const word of value.split('|')) expect(words[metric], `${where}: ${name}`).toContain(word)
  })

  it('are, with those of the rules, all that agent and pager collect', () => {
    const seen = new Set([...asked.map(({ metric }) => familyOf(metric)), ...rules.flatMap(metricsIn)])
    const missing = [...specs.keys()].filter((name) => !seen.has(name) && !(name in unseen))
    expect(missing, 'put it into a dashboard, or into `unseen` with the reason').toEqual([])
    expect(Object.keys(unseen).filter((name) => seen.has(name) || !specs.has(name))).toEqual([])
  })

  it('are all that the rules record', () => {
    const seen = new Set([...asked.map(({ metric }) => metric), ...rules.flatMap(metricsIn)])
    expect(recorded.filter((name) => !seen.has(name))).toEqual([])
  })
})

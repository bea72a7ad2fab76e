// Every alert says who, how much and what to do, rests on metrics that exist, and has its three cases and its runbook.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { issues } from '../../../agent/health/diagnosis.ts'
import { catalogue } from '../../../agent/telemetry/catalogue.ts'
import { sessionStates } from '../../../agent/words.ts'
import { dashboards } from '../../../prometheus/src/alert.ts'
import { trials } from '../../../prometheus/src/cases/index.ts'
import { alerts, files } from '../../../prometheus/src/groups/index.ts'
import { objectives } from '../../../prometheus/src/objectives.ts'
import { secondsOf } from '../../../prometheus/src/promql.ts'
import { annotationsOf } from '../../../prometheus/src/render/rules.ts'
import { thresholds } from '../../../prometheus/src/thresholds.ts'
import { metricsIn, standardMetrics } from './metrics.ts'

const root = join(import.meta.dirname, '../../..')
const read = (path: string): string => readFileSync(join(root, path), 'utf8')
const groups = Object.values(files).flat()
const recorded = groups.flatMap(({ records = [] }) => records)
const names = [...new Set(alerts.map(({ name }) => name))]
const known = new Set<string>([
  ...Object.values(catalogue).map(({ name }) => name),
  ...recorded.map(({ record }) => record),
  ...standardMetrics,
])

describe.each(alerts.map((alert) => [`${alert.name} ${alert.tier ?? ''}`, alert] as const))(
  '%s',
  (_, alert) => {
    it('has a name, a severity and times that Prometheus takes', () => {
      expect(alert.name).toMatch(/^[A-Z][A-Za-z0-9]{2,39}$/)
      expect(['critical', 'warning', 'info']).toContain(alert.severity)
      for (const time of [alert.for, alert.keepFiringFor])
        if (time) expect(secondsOf(time)).toBeGreaterThan(0)
    })

    it('has one sentence for everybody, and words with labels and the value for this one', () => {
      expect(alert.summary).toMatch(/^[A-Z][^{}]*\.$/)
      expect(alert.summary).not.toMatch(/\. /)
      expect(alert.description).toMatch(/\{\{ \$value[^}]*\}\}/)
      // Who it is, in every alert that is about somebody.
      if (alert.name !== 'Watchdog') expect(alert.description).toMatch(/\{\{ \$labels\.\w+ \}\}/)
      expect(alert.action).not.toBe('')
    })

    it('leads to a dashboard and to a runbook by https', () => {
      expect(dashboards).toContain(alert.dashboard)
      const { runbook_url, dashboard_url } = annotationsOf(alert)
      expect(runbook_url).toMatch(new RegExp(`^https://.*/docs/runbooks/${alert.name}\\.md$`))
      expect(dashboard_url).toMatch(/^https:\/\/.*\/d\/linda-\w+(\?var-\w+=\{\{ \$labels\.\w+ \}\})?$/)
    })

    it('rests on metrics, states and issues that exist', () => {
      for (const metric of metricsIn(alert.expr)) expect(known).toContain(metric)
      for (const [, list = ''] of alert.expr.matchAll(/whatsapp_session_state\{state=~?"([^"]*)"/g))
        for (const state of list.split('|')) expect(sessionStates).toContain(state)
      for (const [, issue] of alert.expr.matchAll(/issue="([^"]*)"/g)) expect(issues).toContain(issue)
    })
  },
)

describe('together', () => {
  it('recorded series rest on metrics that exist, and have names of level, metric and operation', () => {
    for (const { record, expr } of recorded) {
      expect(record).toMatch(/^linda:[a-z_]+:[a-z0-9_]+$/)
      for (const metric of metricsIn(expr)) expect(known).toContain(metric)
    }
  })

  it('tiers of one name have the same words and grow more severe', () => {
    for (const name of names) {
      const tiers = alerts.filter((alert) => alert.name === name)
      if (tiers.length === 1) expect(tiers[0]?.tier).toBeUndefined()
      else expect(tiers.map(({ tier }) => tier)).toEqual(['1', '2', '3', '4'].slice(0, tiers.length))
      expect(new Set(tiers.map(({ summary }) => summary)).size).toBe(1)
      const severities = tiers.map(({ severity }) => ['info', 'warning', 'critical'].indexOf(severity))
      expect(severities).toEqual([...severities].sort())
    }
  })

  it('every alert has its three cases, and every case an alert', () => {
    const tried = Object.values(trials).flatMap(({ cases }) => Object.keys(cases))
    expect(tried.sort()).toEqual([...names].sort())
  })

  it('a restart that WhatsApp asks for is seen by one scrape at most before anybody is told', () => {
    const { scrape_configs } = parse(read('prometheus/prometheus.yml'))
    expect(secondsOf(scrape_configs[0].scrape_interval)).toBeLessThanOrEqual(secondsOf(thresholds.lost[0]))
  })

  it('the numbers that people ask for stand in docs/operations.md', () => {
    const text = read('docs/operations.md')
    for (const objective of Object.values(objectives)) expect(text).toContain(`${100 * objective}%`)
    const { lost, health, outbox } = thresholds
    expect(text).toContain(`after ${lost[0]}, ${lost[1]} and ${lost[2]}`)
    expect(text).toContain(`below ${health.low} or ${health.veryLow}`)
    expect(text).toContain(`falls by ${health.drop} points`)
    expect(text).toContain(`${100 * outbox.nearLimit}% of \`outbox.limit\``)
  })
})

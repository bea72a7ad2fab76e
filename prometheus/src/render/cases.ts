// Typed cases as promtool's unit tests: the expected words are the alert's own, with the labels and the value put in.

import { stringify } from 'yaml'
import type { Alert, Group } from '../alert.ts'
import type { Case, Expected, Trial, Trials } from '../cases/case.ts'
import { annotationsOf, labelsOf } from './rules.ts'

const list = <T>(one: T | readonly T[]): readonly T[] => (Array.isArray(one) ? one : [one as T])

function filled(text: string, { labels, value }: Expected): string {
  return text
    .replaceAll(/\{\{ \$labels\.(\w+) \}\}/g, (_, label: string) => labels[label] ?? '')
    .replaceAll(/\{\{ \$value[^}]*\}\}/g, value)
}

function expectation(alerts: readonly Alert[], expected: Expected): object {
  const alert = alerts.find(({ tier }) => expected.tier === undefined || tier === expected.tier)
  if (!alert) throw new Error(`no tier ${expected.tier} of ${alerts[0]?.name}`)
  const annotations = Object.entries(annotationsOf(alert)).map(([key, text]) => [key, filled(text, expected)])
  return {
    exp_labels: { ...labelsOf(alert), ...expected.labels },
    exp_annotations: Object.fromEntries(annotations),
  }
}

/** Rounded, because promtool compares floats to the last bit. */
const queryOf =
  (at: string) =>
  ([series, value]: [string, number | null]): object => ({
    expr: `round(sum by (job) (${series}), 0.0001)`,
    eval_time: at,
    exp_samples: value === null ? [] : [{ labels: '{job="linda"}', value }],
  })

function testOf(name: string, kind: keyof Trial, alerts: readonly Alert[], each: Case): object {
  return {
    name: `${name}: ${kind}`,
    interval: each.every ?? '10s',
    input_series: Object.entries(each.series).map(([series, values]) => ({ series, values })),
    alert_rule_test: [
      {
        eval_time: each.at,
        alertname: name,
        exp_alerts: (each.told ?? []).map((expected) => expectation(alerts, expected)),
      },
    ],
    ...(each.recorded ? { promql_expr_test: Object.entries(each.recorded).map(queryOf(each.at)) } : {}),
  }
}

/** The text of prometheus/tests/FILE.test.yml. */
export function renderCases(file: string, groups: readonly Group[], trials: Trials, every: string): string {
  const alerts = groups.flatMap((group) => group.alerts ?? [])
  const tests = Object.entries(trials).flatMap(([name, trial]) =>
    (['fires', 'quiet', 'missing'] as const).flatMap((kind) =>
      list(trial[kind]).map((each) =>
        testOf(
          name,
          kind,
          alerts.filter((alert) => alert.name === name),
          each,
        ),
      ),
    ),
  )
  const head = '# Made by scripts/docs/alerts.ts from prometheus/src/cases. Do not edit: run npm run docs.\n'
  const test = {
    rule_files: [`../rules/${file}.yml`],
    evaluation_interval: every,
    // Otherwise promtool takes them in any order, and alerts may see what was recorded a round before.
    group_eval_order: groups.map(({ name }) => name),
    tests,
  }
  return head + stringify(test, { lineWidth: 0, aliasDuplicateObjects: false })
}

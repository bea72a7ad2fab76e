// What the panels say after deaths, restarts and moves, asked of a real Prometheus engine with the expressions of the panels themselves.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { stringify } from 'yaml'
import { all } from '../../../grafana/src/dashboards/index.ts'
import { files } from '../../../prometheus/src/groups/index.ts'
import { renderRules } from '../../../prometheus/src/render/rules.ts'
import { fillPromql } from '../../chaos/dashboards/fill.ts'
import { type Said, type Story, stories } from './stories.ts'

/** Debian's package `prometheus` has it; the test is skipped without. */
const installed = spawnSync('promtool', ['--version']).status === 0

const everything = Object.fromEntries(
  ['job', 'instance', 'pool', 'region', 'account', 'pager'].map((name) => [name, '.+']),
)

function exprOf({ dashboard, panel, query, choice = {} }: Said, range = 10_800): string {
  const asked = all
    .find(({ name }) => name === dashboard)
    ?.asked.find((one) => one.panel === panel && 'legend' in one.query && one.query.legend === query)
  if (asked?.query.kind !== 'prometheus') throw new Error(`${dashboard} has no ${panel}: ${query}`)
  const values = { ...everything, ...choice }
  return fillPromql(asked.query.expr, { values, rangeSeconds: range, stepSeconds: 15, scrapeSeconds: 15 })
}

const testOf = ({ name, series, at, range, says }: Story): object => ({
  name,
  interval: '1m',
  input_series: Object.entries(series).map(([one, values]) => ({ series: one, values })),
  promql_expr_test: says.map((said) => ({
    expr: `round(${exprOf(said, range)}, 0.01)`,
    eval_time: `${at}m`,
    exp_samples: Object.entries(said.answer).map(([labels, value]) => ({ labels, value })),
  })),
})

/** The records that panels rest on; those of weeks and the alerts are tried elsewhere, and cost time. */
const records = Object.values(files)
  .flat()
  .flatMap((group) => group.records ?? [])
  .filter(({ record }) => /^linda:(account_info|session_up):/.test(record))

it.skipIf(!installed)(
  'the panels say what has happened',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'linda-answers-'))
    try {
      writeFileSync(join(folder, 'rules.yml'), renderRules([{ name: 'panels', records }]))
      const tests = { rule_files: ['rules.yml'], evaluation_interval: '1m', tests: stories.map(testOf) }
      writeFileSync(join(folder, 'test.yml'), stringify(tests, { lineWidth: 0 }))
      const { status, stdout, stderr } = spawnSync('promtool', ['test', 'rules', 'test.yml'], { cwd: folder })
      expect(status, `${stdout}${stderr}`).toBe(0)
    } finally {
      rmSync(folder, { recursive: true })
    }
  },
  60_000,
)

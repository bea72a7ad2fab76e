// Rules, their promtool tests and the table of runbooks are made from prometheus/src, so that none of them can say something else.

import { trials } from '../../prometheus/src/cases/index.ts'
import { files } from '../../prometheus/src/groups/index.ts'
import { renderCases } from '../../prometheus/src/render/cases.ts'
import { renderRules } from '../../prometheus/src/render/rules.ts'
import { renderTable } from '../../prometheus/src/render/table.ts'

const head = '# Made by scripts/docs/alerts.ts from prometheus/src. Do not edit: run npm run docs.\n'

/** Several documents, and none of them docs/alerts.md. */
export function documents(): { file: string; text: string }[] {
  const rules = Object.entries(files).map(([name, groups]) => ({
    file: `prometheus/rules/${name}.yml`,
    text: head + renderRules(groups),
  }))
  const tests = Object.entries(trials).map(([name, { rules, every, cases }]) => ({
    file: `prometheus/tests/${name}.test.yml`,
    text: renderCases(rules, files[rules] ?? [], cases, every),
  }))
  return [...rules, ...tests, { file: 'docs/runbooks/README.md', text: renderTable() }]
}

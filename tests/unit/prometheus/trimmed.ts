// The cases of each alert with that alert alone and the records it rests on: evaluating all rules of a file for each case took four times as long.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'

interface Rule {
  alert?: string
  record?: string
  expr: string
}
interface RuleFile {
  groups: { name: string; rules: Rule[] }[]
}
interface Case {
  alert_rule_test?: { alertname: string }[]
  promql_expr_test?: { expr: string }[]
}
interface TestFile {
  rule_files: string[]
  tests: Case[]
}

/**
 * Writes one file of cases, with its rules beside it, for each alert or expression of a test file; answers their paths.
 * @param file of the cases; the rules that it names are found from there
 */
export function trimmed(file: string, into: string): string[] {
  const whole = parse(readFileSync(file, 'utf8')) as TestFile
  const rules = whole.rule_files.map(
    (path) => parse(readFileSync(join(file, '..', path), 'utf8')) as RuleFile,
  )
  const every = rules.flatMap(({ groups }) => groups).flatMap((group) => group.rules)
  return [...Map.groupBy(whole.tests, subject)].map(([about, tests], i) => {
    const folder = join(into, `${i}`)
    mkdirSync(folder, { recursive: true })
    const wanted = restingOn(about.split('\n'), every)
    const groups = rules
      .flatMap((each) => each.groups)
      .map((group) => ({ ...group, rules: group.rules.filter((rule) => wanted.has(rule)) }))
      .filter((group) => group.rules.length > 0)
    writeFileSync(join(folder, 'rules.yml'), stringify({ groups }))
    const cases = join(folder, 'cases.yml')
    writeFileSync(cases, stringify({ ...whole, rule_files: ['rules.yml'], tests }))
    return cases
  })
}

/** The alerts and expressions that a case asks about, a line for each. */
function subject({ alert_rule_test = [], promql_expr_test = [] }: Case): string {
  const asked = [
    ...alert_rule_test.map(({ alertname }) => alertname),
    ...promql_expr_test.map(({ expr }) => expr),
  ]
  return [...new Set(asked)].join('\n')
}

/** Those that bear one of the names, and all records that these rest on. */
function restingOn(names: readonly string[], rules: readonly Rule[]): Set<Rule> {
  const wanted = new Set(rules.filter(({ alert }) => alert !== undefined && names.includes(alert)))
  const texts = names.map(String)
  for (const rule of wanted) texts.push(rule.expr)
  for (const text of texts)
    for (const rule of rules) {
      if (rule.record === undefined || wanted.has(rule) || !mentions(text, rule.record)) continue
      wanted.add(rule)
      texts.push(rule.expr)
    }
  return wanted
}

function mentions(text: string, name: string): boolean {
  return new RegExp(`(?<![\\w:])${name}(?![\\w:])`).test(text)
}

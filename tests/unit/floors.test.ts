// The rules of .dependency-cruiser.mjs bite: each wrong import is refused under its rule's name, and the right ones are not.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { cruise, type ICruiseOptions } from 'dependency-cruiser'
import { afterAll, expect, it } from 'vitest'

const config = join(import.meta.dirname, '../../.dependency-cruiser.mjs')
const { default: rules } = (await import(config)) as {
  default: ICruiseOptions['ruleSet'] & { options: object }
}
const base = mkdtempSync(join(tmpdir(), 'linda-floors-'))
afterAll(() => rmSync(base, { recursive: true }))

/** One file of each floor, and one that is on none. */
const house: Record<string, string> = {
  'agent/events.ts': '',
  'agent/config/schema.ts': '',
  'agent/store/sql.ts': '',
  'agent/session/session.ts': '',
  'agent/fleet/fleet.ts': '',
  'agent/admin/app.ts': '',
  'agent/context.ts': '',
  'agent/attic/chest.ts': '',
  'tests/help.ts': '',
  'alertmanager/pager/pager.ts': '',
}
let turn = 0

/** Names of the rules that a file with this content breaks. */
async function broken(path: string, content: string, more: Record<string, string> = {}): Promise<string[]> {
  const folder = join(base, String(turn++))
  for (const [name, text] of Object.entries({ ...house, ...more, [path]: content })) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), `${text}\nexport const y = 1\nexport type Y = 1\n`)
  }
  const { output } = await cruise([path.split('/')[0] ?? ''], {
    tsPreCompilationDeps: true,
    baseDir: folder,
    validate: true,
    ruleSet: rules,
  })
  if (typeof output === 'string') throw new Error(output)
  return [...new Set(output.summary.violations.map((violation) => violation.rule.name))].sort()
}

const use = (target: string) => `import { y } from '${target}'; export const x = y`
const know = (target: string) => `import type { Y } from '${target}'; export type X = Y`

const wrong: [path: string, content: string, rule: string, more?: Record<string, string>][] = [
  ['agent/config/a.ts', know('../store/sql.ts'), 'no-climbing-from-ground'],
  ['agent/events.ts', use('./fleet/fleet.ts'), 'no-climbing-from-ground'],
  ['agent/telemetry/a.ts', use('../admin/app.ts'), 'no-climbing-from-ground'],
  ['agent/store/a.ts', know('../session/session.ts'), 'no-climbing-from-stores'],
  ['agent/history/a.ts', use('../outbox/a.ts'), 'no-climbing-from-stores', { 'agent/outbox/a.ts': '' }],
  ['agent/session/a.ts', use('../fleet/fleet.ts'), 'no-climbing-from-rooms'],
  ['agent/health/a.ts', use('../context.ts'), 'no-climbing-from-rooms'],
  ['agent/fleet/a.ts', know('../admin/app.ts'), 'no-climbing-from-fleet'],
  ['agent/cli/a.ts', "export const x = await import('../context.ts')", 'no-climbing-from-faces'],
  ['agent/attic/a.ts', use('../events.ts'), 'no-file-without-a-floor'],
  ['agent/context.ts', use('./attic/chest.ts'), 'no-import-of-a-file-without-a-floor'],
  ['agent/admin/a.ts', know('../../tests/help.ts'), 'no-tests-in-the-agent'],
  ['alertmanager/pager/a.ts', know('../../agent/fleet/fleet.ts'), 'the-pager-stands-on-the-ground'],
  ['alertmanager/pager/a.ts', use('../../agent/context.ts'), 'the-pager-stands-on-the-ground'],
  ['alertmanager/pager/a.ts', use('../../tests/help.ts'), 'no-tests-in-the-agent'],
  ['agent/admin/a.ts', know('../../alertmanager/pager/pager.ts'), 'no-pager-in-the-agent'],
  ['agent/fleet/a.ts', use('node:sqlite'), 'sqlite-behind-its-driver'],
  ['agent/fleet/a.ts', use('../no-such-file.ts'), 'no-unresolvable-import'],
  ['agent/admin/a.ts', know('./b.ts'), 'no-cycles', { 'agent/admin/b.ts': use('./a.ts') }],
  ['tests/a.ts', use('./b.ts'), 'no-cycles-at-run-time', { 'tests/b.ts': use('./a.ts') }],
]

it.each(wrong)('%s: %s breaks %s', async (path, content, rule, more = {}) => {
  expect(await broken(path, content, more)).toEqual([rule])
})

it.each([
  ['@whiskeysockets/baileys', 'baileys-behind-its-adapter', 'agent/session/baileys/a.ts'],
  ['pg', 'postgres-behind-its-driver', 'agent/store/a.ts'],
  ['influx', 'influx-behind-its-driver', 'agent/history/influx/a.ts'],
])('%s: %s', async (name, rule, home) => {
  // The folder has no node_modules, so that every package is also one that cannot be found.
  expect(await broken('agent/fleet/a.ts', use(name))).toEqual([rule, 'no-unresolvable-import'].sort())
  expect(await broken(home, use(name))).toEqual(['no-unresolvable-import'])
})

it.each([
  ['agent/context.ts', use('./admin/app.ts'), {}],
  ['agent/admin/a.ts', use('../session/session.ts'), {}],
  ['agent/fleet/a.ts', use('../events.ts'), {}],
  ['agent/store/a.ts', use('node:sqlite'), {}],
  ['agent/pairing/a.ts', know('../session/session.ts'), {}],
  ['tests/a.ts', know('./b.ts'), { 'tests/b.ts': use('./a.ts') }],
  ['alertmanager/pager/a.ts', use('../../agent/events.ts'), {}],
])('%s: %s is allowed', async (path, content, more) => {
  expect(await broken(path, content, more)).toEqual([])
})

// `npm test`: every check of the project in one order, the cheap ones first and all of them, then the tests. `npm test -- PATTERN` runs some tests.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { debianPackages } from './check/debian.ts'
import { perform, root, type Step, tool } from './check/step.ts'
import { type Counts, runTests } from './check/vitest.ts'
import { stale } from './docs.ts'

const code = ['agent', 'alertmanager', 'grafana', 'prometheus', 'scripts', 'tests'].filter((name) =>
  existsSync(join(root, name)),
)

/** Files of the root that the formatter knows; prose is left to its writers. */
const alone = [
  '.dependency-cruiser.mjs',
  'docker-compose.yml',
  'linda.example.yaml',
  'pager.example.yaml',
  'vitest.config.ts',
]

const generated: Step = {
  name: 'generated files',
  async run() {
    const old = await stale()
    const output = old
      .map(({ file }) => `${file} is not what scripts/docs makes; make it with: npm run docs`)
      .join('\n')
    return { ok: old.length === 0, output }
  },
}

const steps: readonly Step[] = [
  debianPackages,
  tool('types', 'tsc', ['--noEmit', '-p', '.']),
  tool('format and lint', 'biome', ['ci', '--error-on-warnings', '--colors=off', ...code, ...alone]),
  tool('floors and cycles', 'depcruise', ['--config', '.dependency-cruiser.mjs', ...code]),
  generated,
]

const skipped: string[] = []
const failed: string[] = []
for (const step of steps) {
  const result = await perform(step)
  if (!result.ok) failed.push(step.name)
  skipped.push(...(result.skipped ?? []))
}

let counts: Counts = { passed: 0, failed: failed.length, skipped: 0 }
if (failed.length === 0) counts = await runTests(process.argv.slice(2))
else console.log(`The tests were not run. Failed: ${failed.join(', ')}.`)

for (const line of skipped) console.log(line)
const tail = counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''
console.log(`${counts.passed} passed, ${counts.failed} failed${tail}`)
process.exitCode = counts.failed === 0 ? 0 : 1

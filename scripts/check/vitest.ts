// Runs every test, or those that a pattern names, and counts them in a way that a failure cannot hide from.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from './step.ts'

export interface Counts {
  passed: number
  failed: number
  skipped: number
}

/** The part of vitest's JSON report that is read here. */
export interface Report {
  numPassedTests: number
  numFailedTests: number
  numPendingTests: number
  numTodoTests: number
  testResults: readonly { status: string; name: string; assertionResults: readonly { status: string }[] }[]
}

/**
 * Counts a report. A file that failed without a failed test (it could not be loaded, a hook threw) counts as one failure,
 * and so does a bad exit status that nothing in the report explains: the coverage threshold, an unhandled error.
 */
export function count(report: Report | null, status: number): Counts {
  if (report === null) return { passed: 0, failed: 1, skipped: 0 }
  const broken = report.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  )
  const failed = report.numFailedTests + broken.length
  return {
    passed: report.numPassedTests,
    failed: failed === 0 && status !== 0 ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
  }
}

/** Runs vitest with its output shown. Without arguments all tests run and the coverage threshold holds. */
export async function runTests(args: readonly string[]): Promise<Counts> {
  const folder = await mkdtemp(join(tmpdir(), 'linda-check-'))
  const json = join(folder, 'report.json')
  const coverage = args.length === 0 ? ['--coverage'] : []
  const child = spawn(
    process.execPath,
    [
      join(root, 'node_modules/vitest/vitest.mjs'),
      'run',
      ...coverage,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${json}`,
      ...args,
    ],
    { cwd: root, stdio: 'inherit' },
  )
  const [code] = (await once(child, 'close')) as [number | null]
  const report = await readFile(json, 'utf8').then(
    (text) => JSON.parse(text) as Report,
    () => null,
  )
  await rm(folder, { recursive: true, force: true })
  return count(report, code ?? 1)
}

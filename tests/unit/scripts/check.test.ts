// The parts of `npm test` that could tell a lie: what it counts, what it says it skipped, and what it leaves on the machine.

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { explain, mayNotInstall, withoutCluster } from '../../../scripts/check/debian.ts'
import { withoutDaemons } from '../../../scripts/check/policy.ts'
import { count, type Report } from '../../../scripts/check/vitest.ts'

const report = (over: Partial<Report> = {}): Report => ({
  numPassedTests: 5,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  testResults: [],
  ...over,
})
const file = (status: string, ...tests: string[]) => ({
  status,
  name: 'x.test.ts',
  assertionResults: tests.map((each) => ({ status: each })),
})

describe('the count', () => {
  it.each([
    ['all good', report(), 0, { passed: 5, failed: 0, skipped: 0 }],
    [
      'some skipped',
      report({ numPendingTests: 2, numTodoTests: 1 }),
      0,
      { passed: 5, failed: 0, skipped: 3 },
    ],
    [
      'a failed test',
      report({ numFailedTests: 1, testResults: [file('failed', 'passed', 'failed')] }),
      1,
      { passed: 5, failed: 1, skipped: 0 },
    ],
    [
      'a file that cannot be loaded',
      report({ testResults: [file('failed')] }),
      1,
      { passed: 5, failed: 1, skipped: 0 },
    ],
    [
      'coverage below the threshold',
      report({ testResults: [file('passed', 'passed')] }),
      1,
      { passed: 5, failed: 1, skipped: 0 },
    ],
    ['no report at all', null, 0, { passed: 0, failed: 1, skipped: 0 }],
  ])('of %s', (_, given, status, expected) => {
    expect(count(given, status)).toEqual(expected)
  })
})

describe('packages', () => {
  const debian = 'NAME="Debian"\nID=debian\n'
  it.each([
    [{}, 0, debian, null],
    [{}, 0, 'ID=ubuntu\nID_LIKE=debian\n', null],
    [{ LINDA_INSTALL: '1' }, 0, debian, null],
    [{ LINDA_INSTALL: '0' }, 0, debian, 'LINDA_INSTALL=0 forbids to install it'],
    [{}, 1000, debian, 'only root can install it'],
    [{}, 0, 'ID=alpine\n', 'this is not Debian'],
    [{}, undefined, '', 'this is not Debian'],
  ])('%j as %s', (env, uid, release, expected) => {
    expect(mayNotInstall(env, uid, release)).toBe(expected)
  })

  it('that are missing are told with the way to get them', () => {
    const wanted = { tool: 'promtool', package: 'prometheus', checks: 'the metrics' }
    expect(explain(wanted, 'this is not Debian')).toBe(
      'not checked: the metrics. There is no promtool (this is not Debian); on Debian: apt-get install prometheus',
    )
  })
})

describe('the policy against daemons', () => {
  let dir: string
  let path: string
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'linda-policy-'))
    path = join(dir, 'policy-rc.d')
  })
  afterEach(() => rmSync(dir, { recursive: true }))

  const look = async () => {
    expect(readFileSync(path, 'utf8')).toContain('exit 101')
    expect(statSync(path).mode & 0o111).toBe(0o111)
  }

  it('is there during the work and gone after it', async () => {
    await withoutDaemons(path, look)
    expect(existsSync(path)).toBe(false)
  })

  it('gives back the one that was there, also when the work fails', async () => {
    writeFileSync(path, '#!/bin/sh\nexit 0\n', { mode: 0o700 })
    await expect(withoutDaemons(path, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(readFileSync(path, 'utf8')).toBe('#!/bin/sh\nexit 0\n')
    expect(statSync(path).mode & 0o777).toBe(0o700)
  })

  it('mends what an interrupted run left', async () => {
    await withoutDaemons(path, async () => {
      writeFileSync(`${path}.before-linda`, 'the first one')
      await withoutDaemons(path, look)
    })
    expect(existsSync(`${path}.before-linda`)).toBe(false)
  })
})

describe("PostgreSQL's package", () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'linda-cluster-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))
  const setting = () => join(folder, 'postgresql-common/createcluster.d/linda-npm-test.conf')
  const look = async () => {
    expect(readFileSync(setting(), 'utf8')).toMatch(/^create_main_cluster = false$/m)
  }

  it('makes no cluster of its own, and nothing is left of that', async () => {
    await withoutCluster(join(folder, 'postgresql-common'), true, look)
    expect(existsSync(join(folder, 'postgresql-common'))).toBe(false)
  })

  it('keeps the settings that were there, also when the work fails', async () => {
    const other = join(folder, 'postgresql-common/createcluster.d/mine.conf')
    mkdirSync(join(other, '..'), { recursive: true })
    writeFileSync(other, 'ssl = on')
    const failed = withoutCluster(join(folder, 'postgresql-common'), true, async () => {
      await look()
      throw new Error('no')
    })
    await expect(failed).rejects.toThrow('no')
    expect(readFileSync(other, 'utf8')).toBe('ssl = on')
    expect(existsSync(setting())).toBe(false)
  })

  it('that is not installed needs no setting', async () => {
    const nothing = async () => existsSync(join(folder, 'postgresql-common'))
    expect(await withoutCluster(join(folder, 'postgresql-common'), false, nothing)).toBe(false)
  })
})

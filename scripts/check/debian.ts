// Servers' tools that tests need come from Debian where this is root on Debian; elsewhere it is said what is missing and how to get it.

import { accessSync, constants, mkdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { serverPrograms } from '../../tests/harness/postgres-system.ts'
import { withLock } from '../run/lock.mjs'
import { withoutDaemons } from './policy.ts'
import { capture, type Result, type Step } from './step.ts'

/** A program that some tests need. */
export interface Wanted {
  tool: string
  package: string
  /** What is not checked without it. */
  checks: string
  /** Whether it is there, where that is not a question of the PATH. */
  found?: () => boolean
}

const POSTGRES = 'postgresql'

const wanted: readonly Wanted[] = [
  {
    tool: 'promtool',
    package: 'prometheus',
    checks: 'what promtool says about the metrics and about prometheus/',
  },
  {
    tool: 'amtool',
    package: 'prometheus-alertmanager',
    checks: 'who is told of which alert, and the words of Slack and e-mail',
  },
  {
    tool: 'initdb',
    package: POSTGRES,
    checks: 'the store on PostgreSQL',
    found: () => serverPrograms() !== null,
  },
  { tool: 'influxd', package: 'influxdb', checks: 'the history in InfluxDB' },
  { tool: 'chromium', package: 'chromium', checks: 'the linking page and reports in a browser' },
  { tool: 'pdftotext', package: 'poppler-utils', checks: 'the PDF of reports' },
]

export const debianPackages: Step = {
  name: 'Debian packages',
  async run(): Promise<Result> {
    const missing = wanted.filter((each) => !isThere(each))
    if (missing.length === 0) return { ok: true }
    const obstacle = mayNotInstall() ?? (await install(missing.map((each) => each.package)))
    const still = missing.filter((each) => !isThere(each))
    return { ok: true, skipped: still.map((each) => explain(each, obstacle)) }
  },
}

/** Why packages cannot be installed here; null when they can. */
export function mayNotInstall(
  env: NodeJS.ProcessEnv = process.env,
  uid: number | undefined = process.getuid?.(),
  osRelease: string = readOsRelease(),
): string | null {
  if (env.LINDA_INSTALL === '0') return 'LINDA_INSTALL=0 forbids to install it'
  if (!/^ID(_LIKE)?=.*\bdebian\b/m.test(osRelease)) return 'this is not Debian'
  return uid === 0 ? null : 'only root can install it'
}

/** One sentence about a missing tool. */
export function explain({ tool, package: name, checks }: Wanted, obstacle: string | null): string {
  return `not checked: ${checks}. There is no ${tool} (${obstacle ?? 'its package does not have it'}); on Debian: apt-get install ${name}`
}

/** Installs packages; answers what stood in the way, or null. */
async function install(packages: readonly string[]): Promise<string | null> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const apt = (...args: string[]) => capture('apt-get', ['-q', '-o', 'DPkg::Lock::Timeout=300', ...args], env)
  const lock = join(tmpdir(), 'linda-apt.lock')
  return withLock(
    lock,
    () => process.stdout.write('(waiting for another run) '),
    // A half-installed package is worse than a late Ctrl-C: apt is left to finish.
    async () => {
      // An update that fails is no obstacle by itself: the lists that are there may do.
      const update = await apt('update')
      const { status, output } = await withoutDaemons('/usr/sbin/policy-rc.d', () =>
        withoutCluster('/etc/postgresql-common', packages.includes(POSTGRES), () =>
          apt('install', '-y', '--no-install-recommends', ...packages),
        ),
      )
      if (status === 0) return null
      const reason = `${update.output}\n${output}`.split('\n').findLast((line) => line.startsWith('E: '))
      return `apt-get could not install it: ${reason?.slice(3) ?? `status ${status}`}`
    },
  )
}

/**
 * Runs `work` with a setting in `folder` that keeps Debian's PostgreSQL from making a cluster of its own when it is installed (read by
 * the package's maintainer script). Clusters that are there are left alone; afterwards the folder is as it was.
 */
export async function withoutCluster<T>(folder: string, wanted: boolean, work: () => Promise<T>): Promise<T> {
  if (!wanted) return work()
  const file = join(folder, 'createcluster.d', 'linda-npm-test.conf')
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(
    file,
    '# For the time of an installation by npm test of Linda.\ncreate_main_cluster = false\n',
  )
  try {
    return await work()
  } finally {
    rmSync(file, { force: true })
    for (const each of [dirname(file), folder]) removeIfEmpty(each)
  }
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder)
  } catch {
    // Somebody has something in it.
  }
}

function isThere({ tool, found }: Wanted): boolean {
  return found ? found() : onPath(tool)
}

function onPath(tool: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, tool), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

function readOsRelease(): string {
  try {
    return readFileSync('/etc/os-release', 'utf8')
  } catch {
    return ''
  }
}

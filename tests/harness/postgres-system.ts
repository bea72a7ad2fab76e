// Where a machine keeps PostgreSQL's server programs, and who may run them: the server refuses to be started by root.

import { accessSync, constants, existsSync, readdirSync, readFileSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'

const DEBIAN = '/usr/lib/postgresql'

/** The folder with initdb and postgres, the newest version of Debian's packages first; null where there is none. */
export function serverPrograms(): string | null {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a)) : []
  const folders = [
    ...versions.map((version) => join(DEBIAN, version, 'bin')),
    ...(process.env.PATH ?? '').split(delimiter),
  ]
  return (
    folders.find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres'))) ??
    null
  )
}

export interface User {
  uid: number
  gid: number
}

/** An unprivileged user to run as; null where this process is one itself. */
export function ordinaryUser(): User | null {
  if (process.getuid?.() !== 0) return null
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
  for (const name of ['postgres', 'nobody']) {
    const found = users.find(([each]) => each === name)
    if (found) return { uid: Number(found[2]), gid: Number(found[3]) }
  }
  throw new Error(
    'running as root, and there is neither a user postgres nor a user nobody to run PostgreSQL as',
  )
}

/** Of `quickFolder`, in bytes: several servers at once, each with some 100 MB. */
const ROOM = 2e9

/**
 * Where a database that nobody needs tomorrow is kept: in memory, where there is room. Each schema of a test is 200 files, and ext4 looks
 * through everything that was deleted within the last seconds for each file that it makes (measured: half of the time of a test).
 */
export function quickFolder(): string {
  const memory = '/dev/shm'
  try {
    accessSync(memory, constants.W_OK)
    const { bavail, bsize } = statfsSync(memory)
    return bavail * bsize >= ROOM ? memory : tmpdir()
  } catch {
    return tmpdir()
  }
}

/** Direct children of a process, as /proc tells them; none where there is no /proc. */
export function childrenOf(pid: number): number[] {
  if (!existsSync('/proc/self/stat')) return []
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((each) => parentOf(each) === pid)
}

function parentOf(pid: number): number | null {
  try {
    // The second field is the name in parentheses, which may have spaces and parentheses in it.
    const rest = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '')
    return Number(rest.split(' ')[1])
  } catch {
    return null
  }
}

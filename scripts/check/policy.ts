// While a package is installed no daemon starts, and afterwards the machine's own policy is as it was.

import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'

const mark = '# Placed by npm test of Linda for the time of an installation.'
const ours = `#!/bin/sh\n${mark}\nexit 101\n`

/**
 * Runs `work` with a policy at `path` (normally /usr/sbin/policy-rc.d) that forbids to start daemons. A policy that was
 * there is put back, also one that an interrupted run had put aside.
 */
export async function withoutDaemons<T>(path: string, work: () => Promise<T>): Promise<T> {
  const aside = `${path}.before-linda`
  if (existsSync(path) && !readFileSync(path, 'utf8').includes(mark)) renameSync(path, aside)
  writeFileSync(path, ours, { mode: 0o755 })
  try {
    return await work()
  } finally {
    if (existsSync(aside)) renameSync(aside, path)
    else rmSync(path, { force: true })
  }
}

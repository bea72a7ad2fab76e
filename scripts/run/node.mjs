// Node 24 is found where npm put it, and otherwise the one at hand must be new enough.

import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const needed = 24

/**
 * Path of a Node that is new enough. The installed one was built for another C library than some machines have, so it is
 * tried once and the answer kept: trying costs as much as starting Node. Throws when there is none.
 */
export function findNode(root) {
  const memory = join(root, 'node_modules', '.linda-node')
  const bundled = join(root, 'node_modules', '.bin', 'node')
  const known = read(memory)
  if (known === bundled || (known === process.execPath && enough(process.versions.node))) return known
  const found = enough(version(bundled)) ? bundled : process.execPath
  if (found === process.execPath && !enough(process.versions.node))
    throw new Error(
      `Node ${needed} or newer is needed and this is ${process.version}. On Linux x64 and arm64 npm installs it; here, install it from nodejs.org.`,
    )
  writeFileSync(memory, found)
  return found
}

function version(path) {
  const { status, stdout } = spawnSync(path, ['--version'], { encoding: 'utf8' })
  return status === 0 ? stdout.trim().replace(/^v/, '') : '0'
}

function enough(text) {
  return Number(text.split('.')[0]) >= needed
}

function read(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}

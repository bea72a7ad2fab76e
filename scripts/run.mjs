// node scripts/run.mjs FILE.ts [ARGUMENTS]: runs a file under Node 24 with everything installed, from any Node that is 20 or newer.

import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { run } from './run/child.mjs'
import { install } from './run/install.mjs'
import { findNode } from './run/node.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const [file, ...args] = process.argv.slice(2)

try {
  if (file === undefined) throw new Error('usage: node scripts/run.mjs FILE.ts [ARGUMENTS]')
  await install(root)
  run(findNode(root), resolve(root, file), args, join(root, 'node_modules', '.bin'))
} catch (error) {
  console.error(`linda: ${error.message}`)
  process.exit(1)
}

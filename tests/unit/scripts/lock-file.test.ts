// package-lock.json is complete: `npm ci` refuses one that lacks the packages of other systems, and a fresh clone would not install.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

interface Entry {
  version?: string
  optionalDependencies?: Record<string, string>
}

const file = join(import.meta.dirname, '../../../package-lock.json')
const { packages } = JSON.parse(readFileSync(file, 'utf8')) as { packages: Record<string, Entry> }

it('has an entry for every optional package that one of its packages names', () => {
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter((name) => {
      const nested = path === '' ? `node_modules/${name}` : `${path}/node_modules/${name}`
      return packages[nested] === undefined && packages[`node_modules/${name}`] === undefined
    }),
  )
  expect(missing).toEqual([])
})

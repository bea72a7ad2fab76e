// `linda keys create` makes a key that the store takes, for its owner only, and never replaces one.

import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createKey } from '../../../agent/cli/keys.ts'
import { readMasterKey } from '../../../agent/store/master-key.ts'
import { temporaryFolder } from '../store/folder.ts'
import { terminal } from './io.ts'

it('writes 32 random bytes that nobody else may read, and never prints them', () => {
  const folder = join(temporaryFolder(), 'secrets')
  const keys = ['a.key', 'b.key'].map((name) => {
    const file = join(folder, name)
    const { io, said } = terminal()
    expect(createKey(file, io)).toBe(0)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(said.out).toBe('')
    expect(said.err).toContain(`wrote a new master key to ${file}; keep a copy`)
    expect(said.err).not.toContain(readFileSync(file, 'utf8').trim())
    return Buffer.from(readMasterKey(file)).toString('hex')
  })
  expect(keys[0]).toHaveLength(64)
  expect(keys[0]).not.toBe(keys[1])
  expect(statSync(folder).mode & 0o777).toBe(0o700)
})

it('never overwrites: status 2, and the file is as it was', () => {
  const file = join(temporaryFolder(), 'master.key')
  writeFileSync(file, 'the only copy')
  const { io, said } = terminal()
  expect(createKey(file, io)).toBe(2)
  expect(said.err).toContain(`cannot write ${file}: it exists already`)
  expect(readFileSync(file, 'utf8')).toBe('the only copy')
})

it('says why it cannot write: status 2', () => {
  const parent = join(temporaryFolder(), 'file')
  writeFileSync(parent, '')
  const { io, said } = terminal()
  expect(createKey(join(parent, 'master.key'), io)).toBe(2)
  expect(said.err).toContain(`cannot write ${join(parent, 'master.key')}: `)
})

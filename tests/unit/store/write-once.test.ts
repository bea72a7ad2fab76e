// What is written once is there whole, for its owner only, or not at all; and nothing is written over.

import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { writeOnce } from '../../../agent/store/write-once.ts'
import { temporaryFolder } from './folder.ts'

it('the first one stays, and nothing else is left in the folder', () => {
  const folder = temporaryFolder()
  const file = join(folder, 'master.key')
  writeOnce(file, 'a')
  expect(() => writeOnce(file, 'b')).toThrow('EEXIST')
  expect([readdirSync(folder), readFileSync(file, 'utf8')]).toEqual([['master.key'], 'a'])
  expect(statSync(file).mode & 0o777).toBe(0o600)
})

it('a name that leads elsewhere is taken', () => {
  const folder = temporaryFolder()
  symlinkSync(join(folder, 'elsewhere'), join(folder, 'master.key'))
  expect(() => writeOnce(join(folder, 'master.key'), 'a')).toThrow('EEXIST')
  expect(readdirSync(folder)).toEqual(['master.key'])
})

it('where the disk does not take it, there is no file', () => {
  const folder = temporaryFolder()
  const module = JSON.stringify(join(import.meta.dirname, '../../../agent/store/write-once.ts'))
  const script = `import { writeOnce } from ${module}; writeOnce(${JSON.stringify(join(folder, 'master.key'))}, 'a')`
  const limited = 'ulimit -f 0; trap "" XFSZ; exec "$0" --input-type=module -e "$1"'
  const { stderr } = spawnSync('bash', ['-c', limited, process.execPath, script], { encoding: 'utf8' })
  expect(stderr).toContain('EFBIG')
  expect(readdirSync(folder)).toEqual([])
})

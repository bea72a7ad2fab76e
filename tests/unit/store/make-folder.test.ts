// Folders are made for their owner only, as deep as they are, and where none can be made there is an error and not a process that turns for ever.

import { spawnSync } from 'node:child_process'
import { mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { makeFolder } from '../../../agent/store/folder.ts'
import { temporaryFolder } from './folder.ts'

it('makes every level that is missing, for its owner only, and says whether it did', () => {
  const above = temporaryFolder()
  expect(makeFolder(join(above, 'a/b/c'))).toBe(true)
  for (const each of ['a', 'a/b', 'a/b/c']) expect(statSync(join(above, each)).mode & 0o777).toBe(0o700)
  expect(makeFolder(join(above, 'a/b/c'))).toBe(false)
  expect(makeFolder(join(above, 'a/b/d/'))).toBe(true)
})

it('leaves what is there as it is, a link to a folder too', () => {
  const above = temporaryFolder()
  mkdirSync(join(above, 'open'), { mode: 0o755 })
  symlinkSync(join(above, 'open'), join(above, 'link'))
  for (const each of ['/', '.', join(above, 'open'), join(above, 'link')])
    expect(makeFolder(each)).toBe(false)
  expect(makeFolder(join(above, 'link/in'))).toBe(true)
  expect(statSync(join(above, 'open')).mode & 0o777).toBe(0o755)
})

describe('says why it cannot', () => {
  it.each(['file', 'file/a', 'file/a/b', 'dangling', 'dangling/a'])('where there is %s', (name) => {
    const above = temporaryFolder()
    writeFileSync(join(above, 'file'), '')
    symlinkSync(join(above, 'nobody/nowhere'), join(above, 'dangling'))
    expect(() => makeFolder(join(above, name))).toThrow(/ENOTDIR|EEXIST/)
  })

  // In a process of its own: what this keeps out cannot be stopped by a test in the same one.
  it.runIf(process.platform === 'linux')('whoever needs it, where the system lets nobody make one', () => {
    const agent = (file: string) => JSON.stringify(join(import.meta.dirname, '../../../agent', file))
    const script = `
      import { addToken } from ${agent('admin/access/token-file.ts')}
      import { createKey } from ${agent('cli/keys.ts')}
      import { prepareFile } from ${agent('store/sqlite-file.ts')}
      const say = (work) => { try { work() } catch (error) { console.log(error.message) } }
      say(() => prepareFile('/proc/x/linda.db'))
      say(() => addToken('/proc/x/tokens.yaml', {}))
      createKey('/proc/x/y/master.key', { err: (text) => console.log(text) })`
    const { stdout, signal } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
      timeout: 20_000,
      killSignal: 'SIGKILL',
    })
    expect(signal).toBe(null)
    expect(stdout).toContain('cannot create the folder of /proc/x/linda.db: ENOENT')
    expect(stdout).toContain('cannot make the folder of /proc/x/tokens.yaml: ENOENT')
    expect(stdout).toContain('cannot write /proc/x/y/master.key: ENOENT')
  })
})

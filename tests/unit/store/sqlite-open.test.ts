// A store that cannot be opened says which file and why; a second agent is kept out, a dead one is not waited for.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it, onTestFinished } from 'vitest'
import { Bus } from '../../../agent/events.ts'
import { migrate } from '../../../agent/store/migrations.ts'
import { openStore } from '../../../agent/store/open.ts'
import { StoreError } from '../../../agent/store/sql.ts'
import { openFile, temporaryFolder } from './folder.ts'

const agent = join(import.meta.dirname, '../../../agent')

/** Another process that opens the file, writes a row and then holds it until it is killed. */
async function holder(file: string): Promise<ChildProcess> {
  const script = `
    import { Bus } from ${JSON.stringify(join(agent, 'events.ts'))}
    import { openSqlite } from ${JSON.stringify(join(agent, 'store/sqlite.ts'))}
    import { migrate } from ${JSON.stringify(join(agent, 'store/migrations.ts'))}
    const sql = openSqlite(${JSON.stringify(file)}, new Bus('other'))
    await migrate(sql)
    await sql.query('CREATE TABLE IF NOT EXISTS t (n INTEGER)')
    await sql.query('INSERT INTO t (n) VALUES (1)')
    process.stdout.write('holding')
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  await once(child.stdout as NonNullable<typeof child.stdout>, 'data')
  return child
}

describe('a second process', () => {
  it('is refused while the first lives, and told which file', async () => {
    const file = join(temporaryFolder(), 'linda.db')
    await holder(file)
    expect(() => openFile(file)).toThrow(StoreError)
    expect(() => openFile(file)).toThrow(`${file} is in use by another process; stop that agent`)
  })

  it('takes over from one that was killed, with everything that was answered', async () => {
    const file = join(temporaryFolder(), 'linda.db')
    const child = await holder(file)
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(await openFile(file).query('SELECT n FROM t')).toEqual([{ n: 1 }])
  })
})

describe('a path that is no store', () => {
  it('a file that is no database is refused and left as it was', () => {
    const file = join(temporaryFolder(), 'notes.txt')
    const text = 'Dear diary, '.repeat(500)
    writeFileSync(file, text)
    expect(() => openFile(file)).toThrow(StoreError)
    expect(() => openFile(file)).toThrow(`cannot open ${file}: file is not a database`)
    expect(readFileSync(file, 'utf8')).toBe(text)
  })

  it('a folder', () => {
    const folder = temporaryFolder()
    expect(() => openFile(folder)).toThrow(`cannot open ${folder}: `)
  })

  it('below a file', () => {
    const file = join(temporaryFolder(), 'file')
    writeFileSync(file, '')
    expect(() => openFile(join(file, 'linda.db'))).toThrow(
      `cannot create the folder of ${join(file, 'linda.db')}`,
    )
    expect(() => openFile(join(file, 'linda.db'))).toThrow(StoreError)
  })

  it.skipIf(process.getuid?.() === 0)('in a folder where nothing may be written', () => {
    const folder = join(temporaryFolder(), 'locked')
    mkdirSync(folder, { mode: 0o500 })
    expect(() => openFile(join(folder, 'linda.db'))).toThrow(`cannot open ${join(folder, 'linda.db')}`)
  })

  it.runIf(process.platform === 'linux')('in a folder where not even root may write', () => {
    expect(() => openFile('/proc/linda.db')).toThrow(StoreError)
    expect(() => openFile('/proc/linda.db')).toThrow('cannot open /proc/linda.db: ')
  })
})

it('a file whose pages are destroyed fails with its own words, never with an empty store', async () => {
  const file = join(temporaryFolder(), 'linda.db')
  const sql = openFile(file)
  await migrate(sql)
  await sql.close()
  const bytes = readFileSync(file)
  writeFileSync(file, Buffer.concat([bytes.subarray(0, 100), Buffer.alloc(bytes.length - 100, 0xa5)]))
  const use = async () => migrate(openFile(file))
  await expect(use()).rejects.toThrow(StoreError)
  await expect(use()).rejects.toThrow(/malformed|not a database/)
})

it('a database of another program is refused, and not a byte of it changes', () => {
  const file = join(temporaryFolder(), 'other.db')
  const other = new DatabaseSync(file)
  other.exec("CREATE TABLE auth (user TEXT, password TEXT); INSERT INTO auth VALUES ('a', 'b')")
  other.close()
  const before = readFileSync(file)
  expect(() => openFile(file)).toThrow(StoreError)
  expect(() => openFile(file)).toThrow(/belongs to somebody else.*auth/)
  expect(readFileSync(file)).toEqual(before)
})

it('store.url decides the driver; what is not built yet is said in one line', async () => {
  const file = join(temporaryFolder(), 'linda.db')
  const sql = await openStore(`sqlite:${file}`, new Bus('node-1'))
  await sql.query('CREATE TABLE t (n INTEGER)')
  await sql.close()
  expect(readFileSync(file).subarray(0, 15).toString()).toBe('SQLite format 3')
  const memory = await openStore('sqlite::memory:', new Bus('node-1'))
  expect(await memory.query('SELECT 1 AS one')).toEqual([{ one: 1 }])
  await memory.close()
})

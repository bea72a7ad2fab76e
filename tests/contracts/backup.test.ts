// A backup taken from either database fills either database with the same rows, or fills nothing.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Bus } from '../../agent/events.ts'
import { takeOwnership } from '../../agent/fleet/ownership.ts'
import { loadAuth } from '../../agent/session/auth-state.ts'
import { dump, epochsAhead, load, tables } from '../../agent/store/backup.ts'
import { envelopeCipher } from '../../agent/store/cipher.ts'
import { proveMasterKey, rewrapDataKeys } from '../../agent/store/data-keys.ts'
import { migrate } from '../../agent/store/migrations.ts'
import { openStore } from '../../agent/store/open.ts'
import { ownTables } from '../../agent/store/schema.ts'
import type { Sql } from '../../agent/store/sql.ts'
import { hasPostgres, type PostgresServer, startPostgres } from '../harness/postgres.ts'

const master = new Uint8Array(32).fill(5)
const bus = new Bus('test')

let server: PostgresServer | undefined
beforeAll(async () => {
  if (hasPostgres) server = await startPostgres()
}, 60_000)
afterAll(() => server?.close())

const drivers = ['sqlite', ...(hasPostgres ? ['postgres'] : [])]
const fresh = async (driver: string): Promise<Sql> =>
  openStore(driver === 'sqlite' ? 'sqlite::memory:' : ((await server?.createDatabase()) as string), bus)

it('a backup has every table but the one that is of the present moment', () => {
  expect([...Object.keys(tables), 'standing'].sort()).toEqual([...ownTables].sort())
})

/** A store with 1,300 keys of two accounts: more than a page of each table. */
async function filled(driver: string): Promise<Sql> {
  const sql = await fresh(driver)
  await migrate(sql)
  const cipher = envelopeCipher(sql, master)
  for (const account of ['a-1', 'a-2']) {
    const epoch = await takeOwnership(sql, account, 'n')
    const auth = await loadAuth({ sql, cipher, bus, account, epoch })
    const keys = Array.from({ length: 650 }, (_, i) => [`${i}`, new Uint8Array([i % 256, 0, 1])] as const)
    await auth.keys.set({ session: Object.fromEntries(keys) })
  }
  return sql
}
async function linesOf(sql: Sql): Promise<string[]> {
  const lines: string[] = []
  await dump(sql, async (line) => void lines.push(line.trimEnd()))
  return lines
}
async function* each(lines: string[]): AsyncGenerator<string> {
  yield* lines
}
const rowsOf = async (sql: Sql): Promise<string[]> => (await linesOf(sql)).slice(1, -1)

describe.each(drivers)('a backup of %s', (from) => {
  it.each(drivers)('fills an empty %s with the same rows, and they open', async (to) => {
    const source = await filled(from)
    const target = await fresh(to)
    const lines = await linesOf(source)
    expect(await load(target, each(lines))).toBe(1_300 + 2 + 2 + 1)
    // An agent that was frozen since before the backup holds an epoch that is over.
    const ahead = lines
      .slice(1, -1)
      .map((line) =>
        line.includes('"ownership"') ? line.replace('"epoch":1', `"epoch":${1 + epochsAhead}`) : line,
      )
    expect(await rowsOf(target)).toEqual(ahead)
    const epoch = await takeOwnership(target, 'a-2', 'n')
    expect(epoch).toBe(2 + epochsAhead)
    const auth = await loadAuth({
      sql: target,
      cipher: envelopeCipher(target, master),
      bus,
      account: 'a-2',
      epoch,
    })
    expect((await auth.keys.get('session', ['649']))['649']).toEqual(Buffer.from([649 % 256, 0, 1]))
    await source.close()
    await target.close()
  })
})

describe('a restore', () => {
  const refused = async (lines: string[], words: RegExp): Promise<void> => {
    const target = await fresh('sqlite')
    await expect(load(target, each(lines))).rejects.toThrow(words)
    const rows = await target.query("SELECT 1 AS one FROM sqlite_master WHERE name = 'auth'")
    if (rows.length > 0) expect(await target.query('SELECT 1 AS one FROM auth')).toEqual([])
    await target.close()
  }
  it('refuses what is no backup, is damaged, cut short, or comes from a newer version, and leaves nothing', async () => {
    const source = await filled('sqlite')
    const lines = await linesOf(source)
    await source.close()
    await refused(['hello'], /no backup of Linda/)
    await refused([], /no backup of Linda/)
    await refused([String(lines[0]).replace(/"schema":\d+/, '"schema":99'), ...lines.slice(1)], /schema 99/)
    await refused(lines.slice(0, -1), /ends before its last line/)
    await refused(lines.slice(0, 700).concat(lines.slice(701)), /not whole/)
    await refused(lines.with(6, String(lines[6]).replace('a-1', 'a-9')), /not whole/)
    await refused(lines.with(5, '{"table":"sqlite_master","row":{"name":"x"}}'), /damaged/)
    await refused(lines.with(5, '{"table":"auth","row":{"name) VALUES (1); --":"x"}}'), /damaged/)
  })

  it('refuses a store that holds anything', async () => {
    const source = await filled('sqlite')
    const lines = await linesOf(source)
    await expect(load(source, each(lines))).rejects.toThrow(/not empty/)
    await source.close()
  })
})

describe.each(drivers)('rotating the master key on %s', (driver) => {
  it('opens everything with the new key and nothing with the old one', async () => {
    const sql = await filled(driver)
    const next = new Uint8Array(32).fill(6)
    expect(await rewrapDataKeys(sql, master, next)).toBe(2)
    const read = async (key: Uint8Array) => {
      const auth = await loadAuth({ sql, cipher: envelopeCipher(sql, key), bus, account: 'a-1', epoch: 1 })
      return (await auth.keys.get('session', ['1']))['1']
    }
    expect(await read(next)).toEqual(Buffer.from([1, 0, 1]))
    await expect(read(master)).rejects.toThrow(/does not open/)
    await sql.close()
  })

  it('leaves an agent that runs its data keys, and lets it make none under the old key', async () => {
    const sql = await filled(driver)
    const running = envelopeCipher(sql, master)
    const sealed = await running.seal('a-1', 'x', Buffer.from('before'))
    await rewrapDataKeys(sql, master, new Uint8Array(32).fill(6))
    expect(Buffer.from(await running.open('a-1', 'x', sealed)).toString()).toBe('before')
    await expect(running.seal('a-new', 'x', Buffer.from('after'))).rejects.toThrow(/another master key/)
    expect(await sql.query("SELECT account FROM data_key WHERE account = 'a-new'")).toEqual([])
    await sql.close()
  })

  it('with a wrong old key changes nothing', async () => {
    const sql = await filled(driver)
    const before = await rowsOf(sql)
    await expect(rewrapDataKeys(sql, new Uint8Array(32), master)).rejects.toThrow(/another master key/)
    expect(await rowsOf(sql)).toEqual(before)
    await sql.close()
  })
})

describe.each(drivers)('two agents with different keys on a new %s', (driver) => {
  it('never split it between them', async () => {
    for (let i = 0; i < 20; i++) {
      const sql = await fresh(driver)
      await migrate(sql)
      const [a, b] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)]
      await proveMasterKey(sql, a)
      const outcomes = await Promise.allSettled([
        envelopeCipher(sql, a).seal('x', 'n', Buffer.from('1')),
        proveMasterKey(sql, b),
      ])
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
      const winner = outcomes[0]?.status === 'fulfilled' ? a : b
      await proveMasterKey(sql, winner)
      await envelopeCipher(sql, winner).seal('y', 'n', Buffer.from('2'))
      await sql.close()
    }
  }, 60_000)
})

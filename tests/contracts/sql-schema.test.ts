// Whatever holds the store: it is brought to this version once, whoever starts at the same time, and what is not Linda's is not touched.

import { randomBytes } from 'node:crypto'
import type { SignalDataSet } from '@whiskeysockets/baileys'
import { describe, expect, it } from 'vitest'
import { takeOwnership } from '../../agent/fleet/ownership.ts'
import { loadAuth } from '../../agent/session/auth-state.ts'
import { envelopeCipher } from '../../agent/store/cipher.ts'
import { proveMasterKey } from '../../agent/store/data-keys.ts'
import { readTables } from '../../agent/store/identity.ts'
import { migrate, schemaVersion } from '../../agent/store/migrations.ts'
import { type Sql, StoreError } from '../../agent/store/sql.ts'
import { onBothDrivers } from './drivers.ts'

const version = (sql: Sql) => sql.query('SELECT version, app FROM schema_version')
const current = [{ version: schemaVersion, app: 'linda' }]

/** Everything there is, to see that nothing changed. */
async function contents(sql: Sql): Promise<unknown> {
  const tables = [...(await readTables(sql, sql.driver))].sort(([a], [b]) => (a < b ? -1 : 1))
  const rows = []
  for (const [table] of tables) rows.push(await sql.query(`SELECT * FROM ${table}`))
  return { tables, rows }
}

onBothDrivers((driver) => {
  describe('migrating', () => {
    it('an empty store, and again, and again', async () => {
      const { sql } = await driver.open()
      await migrate(sql)
      await sql.query("INSERT INTO ownership (account, node, epoch) VALUES ('uae-1', 'n', 7)")
      const before = await contents(sql)
      await migrate(sql)
      await migrate(sql)
      expect(await version(sql)).toEqual(current)
      expect(await contents(sql)).toEqual(before)
    })

    it('ten at once do it once', async () => {
      const url = await driver.url()
      const first = await driver.open(url)
      const agents = [first]
      // A file has one process; a server has many.
      if (driver.name === 'postgres')
        agents.push(...(await Promise.all(Array.from({ length: 9 }, () => driver.open(url)))))
      await Promise.all(agents.map(({ sql }) => migrate(sql)))
      await Promise.all(agents.map(({ sql }) => migrate(sql)))
      expect(await version(first.sql)).toEqual(current)
      for (const { events } of agents) {
        expect(events.of('store.failed')).toEqual([])
        expect(events.of('store.retried')).toEqual([])
      }
    })
  })

  describe('refused, with everything as it was:', () => {
    it.each([
      [
        'a newer version',
        ['UPDATE schema_version SET version = 999', 'CREATE TABLE shiny (id BIGINT)'],
        `the store has schema 999, this version knows up to ${schemaVersion}`,
      ],
      ['a mark that is not ours', ["UPDATE schema_version SET app = 'flyway'"], 'says flyway'],
      ['tables named like ours without a mark', ['DROP TABLE schema_version'], 'no schema_version'],
      [
        'a schema_version without a mark',
        ['DROP TABLE schema_version', 'CREATE TABLE schema_version (version BIGINT)'],
        'its table schema_version is not that of Linda',
      ],
      [
        'a schema_version that is not ours',
        ['DROP TABLE schema_version', 'CREATE TABLE schema_version (installed_rank BIGINT, script TEXT)'],
        'its table schema_version is not that of Linda',
      ],
    ])('%s', async (_, statements, message) => {
      const { sql } = await driver.open()
      await migrate(sql)
      await sql.query("INSERT INTO ownership (account, node, epoch) VALUES ('uae-1', 'n', 7)")
      for (const statement of statements) await sql.query(statement)
      const before = await contents(sql)
      await expect(migrate(sql)).rejects.toThrow(StoreError)
      await expect(migrate(sql)).rejects.toThrow(message)
      expect(await contents(sql)).toEqual(before)
    })

    it('tables of somebody else, at least where their names are ours', async () => {
      const { sql } = await driver.open()
      await sql.query('CREATE TABLE auth (user_name TEXT)')
      await sql.query('CREATE TABLE customers (name TEXT)')
      const before = await contents(sql)
      await expect(migrate(sql)).rejects.toThrow(/belongs to somebody else: it has the tables auth.* Nothing/)
      expect(await contents(sql)).toEqual(before)
    })
  })

  describe('encrypted credentials', () => {
    const keys: SignalDataSet = {
      session: { 'a.0': Buffer.from([0, 1, 2, 255]), 'b.0': Buffer.alloc(5_000, 7) },
      'pre-key': { 7: { public: Buffer.alloc(32, 1), private: Buffer.alloc(32, 2) } },
      'lid-mapping': { 971500000002: '55' },
    }
    const account = 'uae-1'

    it('come back after a restart, under a higher epoch, and not with another master key', async () => {
      const url = await driver.url()
      const master = randomBytes(32)
      const first = await driver.open(url)
      await migrate(first.sql)
      const load = async ({ sql, bus }: typeof first) => {
        const epoch = await takeOwnership(sql, account, 'node-1')
        return {
          epoch,
          auth: await loadAuth({ sql, bus, account, epoch, cipher: envelopeCipher(sql, master) }),
        }
      }
      const before = await load(first)
      before.auth.creds.nextPreKeyId = 31
      before.auth.saveCreds()
      await Promise.all([
        before.auth.keys.set(keys),
        before.auth.keys.set({ session: { 'c.0': Buffer.from('c') } }),
      ])
      await before.auth.keys.set({ session: { 'b.0': null } })
      await before.auth.flush()
      await first.sql.close()

      const second = await driver.open(url)
      await migrate(second.sql)
      const after = await load(second)
      expect(after.epoch).toBe(before.epoch + 1)
      expect(after.auth.creds.nextPreKeyId).toBe(31)
      expect(await after.auth.keys.get('session', ['a.0', 'b.0', 'c.0'])).toEqual({
        'a.0': Buffer.from([0, 1, 2, 255]),
        'c.0': Buffer.from('c'),
      })
      expect(await after.auth.keys.get('pre-key', ['7'])).toEqual(keys['pre-key'])
      await expect(proveMasterKey(second.sql, randomBytes(32))).rejects.toThrow(StoreError)
      await proveMasterKey(second.sql, master)
      const [row] = await second.sql.query<{ value: Uint8Array }>(
        "SELECT value FROM auth WHERE name = 'creds'",
      )
      expect(Buffer.from(row?.value ?? []).toString('latin1')).not.toContain('noiseKey')
    })

    it('ten at once agree on one data key', async () => {
      const { sql } = await driver.open()
      await migrate(sql)
      const master = randomBytes(32)
      const ciphers = Array.from({ length: 10 }, () => envelopeCipher(sql, master))
      const sealed = await Promise.all(ciphers.map((each) => each.seal(account, 'x', Buffer.from('secret'))))
      for (const [i, value] of sealed.entries()) {
        const opened = await ciphers[(i + 1) % 10]?.open(account, 'x', value)
        expect(Buffer.from(opened ?? []).toString()).toBe('secret')
      }
    })
  })
})

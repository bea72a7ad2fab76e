// Whatever holds the store: the audit trail is one chain however many append, and whoever touches a row is found at that row.

import { beforeEach, describe, expect, it } from 'vitest'
import { type AuditEntry, append, list } from '../../agent/store/audit.ts'
import { verify } from '../../agent/store/audit-check.ts'
import { AuditSweep } from '../../agent/store/audit-sweep.ts'
import { migrate } from '../../agent/store/migrations.ts'
import type { Sql, Value } from '../../agent/store/sql.ts'
import { onBothDrivers } from './drivers.ts'

const entry = (but: Partial<AuditEntry> = {}): AuditEntry => ({
  who: 'ops',
  what: 'mode.set',
  pool: 'sales',
  account: 'uae-1',
  origin: 'api 127.0.0.1',
  outcome: 'done',
  data: { to: 'draining', from: 'up' },
  ...but,
})

onBothDrivers((driver) => {
  let sql: Sql
  let url: string
  beforeEach(async () => {
    url = await driver.url()
    ;({ sql } = await driver.open(url))
    await migrate(sql)
  })
  const add = (but: Partial<AuditEntry> = {}, at = 1_000, to = sql) =>
    to.transaction((tx) => append(tx, entry(but), at))
  const some = async (count: number): Promise<void> => {
    for (let i = 1; i <= count; i++) await add({ data: { i } }, 1_000 + i)
  }

  describe('the audit trail', () => {
    it('of nothing is whole', async () => {
      expect(await verify(sql)).toEqual({ ok: true, rows: 0, hash: '0'.repeat(64) })
    })

    it('numbers its rows from 1 and binds each to the one before', async () => {
      await some(3)
      const rows = await list(sql, { limit: 10 })
      expect(rows.map(({ seq }) => seq)).toEqual([3, 2, 1])
      expect(rows[0]?.previous).toBe(rows[1]?.hash)
      expect(rows[2]?.previous).toBe('0'.repeat(64))
      expect(await verify(sql)).toEqual({ ok: true, rows: 3, hash: rows[0]?.hash })
    })

    it('keeps data as canonical JSON, whatever the order of its keys', async () => {
      await add({ data: { b: { d: 1, c: [2, { f: 3, e: 4 }] }, a: 'é "\u2028' } })
      const [row] = await list(sql, { limit: 1 })
      expect(row?.data).toBe('{"a":"é \\"\u2028","b":{"c":[2,{"e":4,"f":3}],"d":1}}')
      expect(await verify(sql)).toMatchObject({ ok: true })
    })

    it('is proved piece by piece as well as at once', async () => {
      await some(7)
      const sweep = new AuditSweep(3)
      for (const rows of [3, 6]) expect(await sweep.look(sql)).toEqual({ broken: null, whole: false, rows })
      expect(await sweep.look(sql)).toEqual({ broken: null, whole: true, rows: 7 })
      await sql.query("UPDATE audit SET who = 'me' WHERE seq = 2")
      expect(await sweep.look(sql)).toEqual({ broken: { seq: 2, what: 'changed' } })
    })

    it('has no row of a transaction that was rolled back, and no gap either', async () => {
      await some(2)
      const undone = sql.transaction(async (tx) => {
        await append(tx, entry(), 1)
        throw new Error('undone')
      })
      await expect(undone).rejects.toThrow('undone')
      expect(await add()).toBe(3)
      expect(await verify(sql)).toMatchObject({ ok: true, rows: 3 })
    })

    it('stays one chain when many append at once', async () => {
      // SQLite belongs to one process; on PostgreSQL two of them append side by side.
      const other = driver.name === 'postgres' ? (await driver.open(url)).sql : sql
      await Promise.all(
        Array.from({ length: 40 }, (_, i) => add({ data: { i } }, 1_000 + i, i % 2 ? sql : other)),
      )
      expect(await verify(sql)).toMatchObject({ ok: true, rows: 40 })
      const rows = await list(sql, { limit: 100 })
      expect(new Set(rows.map(({ data }) => data)).size).toBe(40)
    })

    it('is proven in pages', async () => {
      await sql.transaction(async (tx) => {
        for (let i = 0; i < 1_101; i++) await append(tx, entry({ data: { i } }), i)
      })
      expect(await verify(sql)).toMatchObject({ ok: true, rows: 1_101 })
      await sql.query("UPDATE audit SET who = 'nobody' WHERE seq = 1001")
      expect(await verify(sql)).toMatchObject({ ok: false, rows: 1_000, broken: { seq: 1_001 } })
    })

    it.each<[string, Value]>([
      ['at', 7],
      ['who', 'somebody else'],
      ['what', 'strategy.set'],
      ['pool', null],
      ['account', 'uae-2'],
      ['origin', ''],
      ['outcome', 'refused'],
      ['data', '{"i": 3}'],
      ['previous', '0'.repeat(64)],
      ['hash', 'f'.repeat(64)],
    ])('finds the row whose %s was changed, in the middle and at the end', async (column, value) => {
      await some(5)
      for (const seq of [5, 3]) {
        await sql.query(`UPDATE audit SET ${column} = $1 WHERE seq = $2`, [value, seq])
        expect(await verify(sql)).toMatchObject({
          ok: false,
          rows: seq - 1,
          broken: { seq, what: 'changed' },
        })
      }
    })

    it.each([1, 3, 5])('finds that row %i is missing', async (seq) => {
      await some(5)
      await sql.query('DELETE FROM audit WHERE seq = $1', [seq])
      const what = seq === 5 ? 'cut-off' : 'missing'
      expect(await verify(sql)).toMatchObject({ ok: false, rows: seq - 1, broken: { seq, what } })
    })

    it('finds that all rows are missing, and that a row was moved', async () => {
      await some(3)
      await sql.query('UPDATE audit SET seq = 9 WHERE seq = 2')
      expect(await verify(sql)).toMatchObject({ broken: { seq: 2, what: 'missing' } })
      await sql.query('DELETE FROM audit')
      expect(await verify(sql)).toMatchObject({ rows: 0, broken: { seq: 1, what: 'cut-off' } })
    })

    it('finds a row that was given a new hash with its new content', async () => {
      await some(3)
      const forged = (await list(sql, { limit: 3 }))[1]
      await sql.query('DELETE FROM audit WHERE seq >= 2')
      await sql.query('UPDATE audit_head SET seq = 1, hash = $1', [forged?.previous ?? ''])
      const real = (await list(sql, { limit: 1 }))[0]
      await add({ data: { i: 'forged' } }, 1_002)
      await sql.query('UPDATE audit_head SET seq = 3')
      expect(real?.seq).toBe(1)
      expect(await verify(sql)).toMatchObject({ broken: { seq: 3, what: 'cut-off' } })
      await sql.query('UPDATE audit_head SET seq = 2, hash = $1', [forged?.hash ?? ''])
      expect(await verify(sql)).toMatchObject({ rows: 1, broken: { seq: 2, what: 'changed' } })
    })

    it.each([0, 4])('finds a row that was added as number %i', async (seq) => {
      await some(3)
      await sql.query(
        `INSERT INTO audit (seq, at, who, what, origin, outcome, data, previous, hash)
         VALUES ($1, 1, 'x', 'x', 'x', 'x', '{}', 'x', 'x')`,
        [seq],
      )
      expect(await verify(sql)).toMatchObject({ ok: false, broken: { seq, what: 'inserted' } })
    })

    const copied = (seq: string): string =>
      `INSERT INTO audit SELECT ${seq}, at, who, what, pool, account, origin, outcome, data, previous, hash FROM audit WHERE seq = 1`
    it.each<[string, string, object]>([
      ['time', 'UPDATE audit SET at = 9223372036854775807 WHERE seq = 2', { seq: 2, what: 'changed' }],
      ['time, of two', 'UPDATE audit SET at = -9007199254740993', { seq: 1, what: 'changed' }],
      ['place', 'UPDATE audit SET seq = 9223372036854775807 WHERE seq = 3', { seq: 3, what: 'cut-off' }],
      ['row', copied('9223372036854775807'), { seq: 4, what: 'inserted' }],
      [
        'row before all others',
        copied('-9223372036854775808'),
        { seq: Number.MIN_SAFE_INTEGER, what: 'inserted' },
      ],
      ['end', 'UPDATE audit_head SET seq = 9223372036854775807', { seq: 4, what: 'cut-off' }],
    ])('finds a %s that no number of ours can be, and shows the rest', async (_, statement, broken) => {
      await some(3)
      await sql.query(statement)
      expect(await verify(sql)).toMatchObject({ ok: false, broken })
      expect(await new AuditSweep(10).look(sql)).toEqual({ broken })
      const rows = await list(sql, { limit: 10 })
      for (const { at } of rows) expect(Number.isNaN(new Date(at).getTime())).toBe(false)
      expect(rows.map(({ data }) => data)).toContain('{"i":2}')
    })

    it('finds a trail without its end', async () => {
      await some(2)
      await sql.query('DELETE FROM audit_head')
      expect(await verify(sql)).toMatchObject({ ok: false, broken: { seq: 1, what: 'inserted' } })
    })

    it('is listed by account, pool, kind, time and place', async () => {
      await add({ account: 'uae-1' }, 1_000)
      await add({ account: 'uae-2', what: 'weight.set' }, 2_000)
      await add({ account: null, pool: 'support', what: 'strategy.set' }, 3_000)
      const found = async (filter: object) =>
        (await list(sql, { limit: 10, ...filter })).map(({ seq }) => seq)
      expect(await found({ account: 'uae-2' })).toEqual([2])
      expect(await found({ pool: 'sales' })).toEqual([2, 1])
      expect(await found({ what: 'strategy.set' })).toEqual([3])
      expect(await found({ since: 2_000, until: 2_000 })).toEqual([2])
      expect(await found({ before: 3, limit: 1 })).toEqual([2])
      expect(await found({ account: 'nobody' })).toEqual([])
    })
  })
})

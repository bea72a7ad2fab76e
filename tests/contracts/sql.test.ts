// Whatever holds the store: what goes in comes out, one statement at a time, and a mistake costs nothing but its own statement.

import { describe, expect, it } from 'vitest'
import { migrate } from '../../agent/store/migrations.ts'
import { StoreError } from '../../agent/store/sql.ts'
import { onBothDrivers, put, withTable } from './drivers.ts'

onBothDrivers((driver) => {
  describe('values', () => {
    const everything = new Uint8Array(256).map((_, i) => i)
    it.each([
      ['zero', 'n', 0],
      ['the largest safe integer', 'n', Number.MAX_SAFE_INTEGER],
      ['the smallest', 'n', Number.MIN_SAFE_INTEGER],
      ['a time in milliseconds', 'n', 1_790_000_000_123],
      ['a fraction', 'x', 0.1 + 0.2],
      ['a tiny number', 'x', 5e-324],
      ['the empty text', 'body', ''],
      ['quotes and backslashes', 'body', `it's "so" \\ $1 \n`],
      ['other alphabets', 'body', 'مرحبا 你好 e\u0301 👩‍👩‍👧'],
      ['a megabyte of text', 'body', 'ü'.repeat(500_000)],
      ['no bytes', 'bytes', new Uint8Array()],
      ['every byte, zero first', 'bytes', everything],
      ['a megabyte of zero bytes', 'bytes', new Uint8Array(1_000_000)],
      ['no number', 'n', null],
      ['no text', 'body', null],
      ['no bytes at all', 'bytes', null],
    ] as const)('%s comes back as it was', async (_, column, value) => {
      const { sql } = await withTable(driver)
      await sql.query(`INSERT INTO t (id, ${column}) VALUES ($1, $2)`, [1, value])
      const [row] = await sql.query(`SELECT ${column} AS v FROM t`)
      expect(row?.v).toStrictEqual(value)
      expect(await sql.query(`SELECT id FROM t WHERE ${column} = $1`, [value])).toHaveLength(
        value === null ? 0 : 1,
      )
    })

    it('a Buffer goes in as bytes, and bytes come out with memory of their own', async () => {
      const { sql } = await withTable(driver)
      await sql.query('INSERT INTO t (id, bytes) VALUES (1, $1)', [Buffer.from([0, 1, 255])])
      const [row] = await sql.query<{ bytes: Uint8Array }>('SELECT bytes FROM t')
      expect(row?.bytes).toStrictEqual(new Uint8Array([0, 1, 255]))
      expect(row?.bytes.buffer.byteLength).toBe(3)
    })

    it('sums, counts, averages and truths are numbers', async () => {
      const { sql } = await withTable(driver)
      for (const n of [1, 2]) await sql.query(put, [n, n])
      const query = 'SELECT sum(n) AS sum, count(*) AS count, avg(n) AS avg, max(n) = 2 AS truth FROM t'
      expect((await sql.query(query))[0]).toEqual({ sum: 3, count: 2, avg: 1.5, truth: 1 })
    })

    it('whole numbers are integers: 5 / 2 is 2', async () => {
      const { sql } = await withTable(driver)
      await sql.query(put, [1, 5])
      expect(await sql.query('SELECT n / $1 AS half FROM t', [2])).toEqual([{ half: 2 }])
    })

    it('an integer beyond 2^53 goes in as bigint; reading it as a number is an error, not a rounding', async () => {
      const { sql } = await withTable(driver)
      await sql.query(put, [1, 2n ** 60n])
      await expect(sql.query('SELECT n FROM t')).rejects.toThrow(StoreError)
      expect(await sql.query('SELECT id FROM t WHERE n = $1', [2n ** 60n])).toEqual([{ id: 1 }])
    })

    it.each([
      ['not a number', Number.NaN, /NaN/],
      ['infinite', Number.NEGATIVE_INFINITY, /Infinity/],
      ['too large', 2n ** 63n, /64 bits/],
      ['a text with a zero character', 'a\0b', /zero character/],
      ['undefined', undefined as unknown as null, /undefined/],
    ])('what is %s is refused', async (_, value, message) => {
      const { sql } = await withTable(driver)
      const refused = sql.query('INSERT INTO t (id, x) VALUES (1, $1)', [value])
      await expect(refused).rejects.toThrow(StoreError)
      await expect(refused).rejects.toThrow(message)
    })
  })

  describe('statements', () => {
    it('use a parameter as often as they like', async () => {
      const { sql } = await withTable(driver)
      await sql.query('INSERT INTO t (id, n) VALUES ($1, $1)', [7])
      const rows = await sql.query('SELECT n FROM t WHERE id = $2 AND n = $2 AND n > $1', [0, 7])
      expect(rows).toEqual([{ n: 7 }])
    })

    it('ON CONFLICT ... RETURNING answers what is there now', async () => {
      const { sql } = await withTable(driver)
      const up = `INSERT INTO t (id, n) VALUES ($1, 1) ON CONFLICT (id) DO UPDATE SET n = t.n + 1 RETURNING n`
      expect([await sql.query(up, [1]), await sql.query(up, [1])]).toEqual([[{ n: 1 }], [{ n: 2 }]])
      const once = 'INSERT INTO t (id) VALUES ($1) ON CONFLICT (id) DO NOTHING RETURNING id'
      expect(await sql.query(once, [1])).toEqual([])
      expect(await sql.query('UPDATE t SET n = 9 WHERE id = $1 RETURNING id, n', [1])).toEqual([
        { id: 1, n: 9 },
      ])
    })

    it.each([
      ['a syntax error', 'SELEC 1', []],
      ['a missing table', 'SELECT 1 FROM absent', []],
      ['a broken constraint', put, [1, 1]],
      ['two statements', "UPDATE t SET n = 2; DELETE FROM t WHERE body = 'x'", []],
      ['too few values', 'SELECT n FROM t WHERE id = $1 AND n = $2', [1]],
      ['too many values', 'SELECT n FROM t WHERE id = $1', [1, 2]],
      ['BEGIN', 'BEGIN', []],
      ['commit', ' commit', []],
    ])('%s is a StoreError, changes nothing and leaves the store usable', async (_, statement, params) => {
      const { sql, events } = await withTable(driver)
      await sql.query(put, [1, 1])
      await expect(sql.query(statement, params)).rejects.toThrow(StoreError)
      expect(events.of('store.failed')).toMatchObject([{ driver: driver.name }])
      expect(await sql.query('SELECT id, n FROM t')).toEqual([{ id: 1, n: 1 }])
      expect(events.of('store.unreachable')).toEqual([])
    })

    it('run 500 at once, more than there are connections', async () => {
      const { sql } = await withTable(driver)
      await Promise.all(Array.from({ length: 500 }, (_, i) => sql.query(put, [i, i])))
      expect(await sql.query('SELECT count(*) AS n, sum(n) AS sum FROM t')).toEqual([{ n: 500, sum: 124750 }])
    })
  })

  describe('closing', () => {
    it('waits for what was asked before', async () => {
      const url = await driver.url()
      const { sql } = await driver.open(url)
      await migrate(sql)
      await sql.query('CREATE TABLE t (id BIGINT PRIMARY KEY, n BIGINT)')
      const writes = Promise.all(Array.from({ length: 50 }, (_, i) => sql.query(put, [i, i])))
      const move = sql.transaction(async (tx) => {
        await tx.query('INSERT INTO t (id, n) VALUES (100, 0)')
        await tx.query('UPDATE t SET n = 1 WHERE id = 100')
      })
      await sql.close()
      await Promise.all([writes, move])
      expect(await (await driver.open(url)).sql.query('SELECT count(*) AS n FROM t')).toEqual([{ n: 51 }])
    })

    it('makes everything after it a StoreError that says so, and an event', async () => {
      const { sql, events } = await driver.open()
      await sql.close()
      await sql.close()
      for (const use of [
        () => sql.query('SELECT 1 AS one'),
        () => sql.transaction(async () => 1),
        () => sql.notify('c', ''),
        () => sql.listen('c', () => {}),
      ]) {
        await expect(use()).rejects.toThrow(StoreError)
        await expect(use()).rejects.toThrow('the store is closed')
      }
      expect(events.of('store.failed').length).toBeGreaterThan(0)
    })
  })

  it('a store that was opened says that it can be reached', async () => {
    const { events } = await driver.open()
    // The recorder was there before the store.
    expect(events.of('store.reachable')).toMatchObject([{ driver: driver.name, downMs: null }])
  })
})

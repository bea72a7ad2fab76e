// Whatever holds the store: a transaction happens as a whole and alone, or not at all.

import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { type Queryable, type Sql, StoreError } from '../../agent/store/sql.ts'
import { onBothDrivers, put, withTable } from './drivers.ts'

const all = (sql: Queryable) => sql.query('SELECT id, n FROM t ORDER BY id')

onBothDrivers((driver) => {
  describe('a transaction', () => {
    it('is there as a whole, and answers what its work answers', async () => {
      const { sql } = await withTable(driver)
      const answer = await sql.transaction(async (tx) => {
        await tx.query(put, [1, 1])
        expect(await all(tx)).toEqual([{ id: 1, n: 1 }])
        await tx.query(put, [2, 2])
        return 'done'
      })
      expect(answer).toBe('done')
      expect(await all(sql)).toHaveLength(2)
    })

    it('leaves nothing when its work throws, with the very error', async () => {
      const { sql, events } = await withTable(driver)
      const mine = new Error('change of mind')
      const work = sql.transaction(async (tx) => {
        await tx.query(put, [1, 1])
        throw mine
      })
      await expect(work).rejects.toBe(mine)
      expect(await all(sql)).toEqual([])
      expect(events.of('store.failed')).toEqual([])
    })

    it('is not seen by others before its end', async () => {
      const { sql } = await withTable(driver)
      let outside: Promise<unknown> = Promise.resolve()
      const seen: unknown[] = []
      const look = Promise.withResolvers<void>()
      const looked = look.promise.then(async () => {
        outside = all(sql).then((rows) => seen.push(rows.length))
        // PostgreSQL answers meanwhile, SQLite lets the reader wait.
        if (driver.name === 'postgres') await outside
      })
      await sql.transaction(async (tx) => {
        await tx.query(put, [1, 1])
        look.resolve()
        await looked
      })
      await outside
      expect(seen).toEqual([driver.name === 'postgres' ? 0 : 1])
    })

    it('keeps the rows that it selects FOR UPDATE as they are until its end', async () => {
      const { sql } = await withTable(driver)
      await sql.query(put, [1, 1])
      const held = Promise.withResolvers<void>()
      let changed: Promise<unknown> = Promise.resolve()
      const meanwhile = held.promise.then(() => {
        changed = sql.query('UPDATE t SET n = 2 WHERE id = 1 AND n = 1')
      })
      await sql.transaction(async (tx) => {
        await tx.query('SELECT n FROM t WHERE id = $1 FOR UPDATE', [1])
        held.resolve()
        await meanwhile
        // Time enough for the other one to be served, if anybody served it.
        await sleep(driver.name === 'postgres' ? 100 : 0)
        expect(await all(tx)).toEqual([{ id: 1, n: 1 }])
      })
      await changed
      expect(await all(sql)).toEqual([{ id: 1, n: 2 }])
    })

    it('with a statement that fails is lost, also when its work caught that', async () => {
      const { sql } = await withTable(driver)
      const work = sql.transaction(async (tx) => {
        await tx.query(put, [1, 1])
        await tx.query(put, [1, 1]).catch(() => {})
        await tx.query(put, [2, 2]).catch(() => {})
        return 'fine'
      })
      await expect(work).rejects.toThrow(StoreError)
      expect(await all(sql)).toEqual([])
    })

    it('keeps the order of statements that were not awaited, and waits for them', async () => {
      const { sql } = await withTable(driver)
      await sql.transaction(async (tx) => {
        void tx.query(put, [1, 0])
        for (let i = 1; i <= 20; i++) void tx.query('UPDATE t SET n = n * 2 + 1 WHERE id = 1')
      })
      expect(await all(sql)).toEqual([{ id: 1, n: 2 ** 20 - 1 }])
    })

    it('takes nothing after its end: it would slip into another one', async () => {
      const { sql } = await withTable(driver)
      let kept: Queryable | undefined
      await sql.transaction(async (tx) => {
        kept = tx
      })
      await expect(kept?.query(put, [1, 1])).rejects.toThrow('the transaction is over')
      await expect(kept?.notify('c', '')).rejects.toThrow(StoreError)
      expect(await all(sql)).toEqual([])
    })

    it('that takes longer than it may is rolled back, and the store goes on', async () => {
      const { sql, events } = await withTable(driver)
      const stuck = Promise.withResolvers<void>()
      let late: Promise<unknown> | undefined
      const work = sql.transaction(
        async (tx) => {
          await tx.query(put, [1, 1])
          await stuck.promise
          late = tx.query(put, [2, 2])
          await late
        },
        { withinMs: 100 },
      )
      await expect(work).rejects.toThrow(/took longer than (100|99) ms/)
      stuck.resolve()
      await turn()
      await expect(late).rejects.toThrow(StoreError)
      expect(await all(sql)).toEqual([])
      expect(events.of('store.failed')).toMatchObject([{ operation: 'transaction' }])
    })
  })

  describe('transactions on the same row', () => {
    const addOne = (sql: Sql) =>
      sql.transaction(
        async (tx) => {
          const [row] = await tx.query<{ n: number }>('SELECT n FROM t WHERE id = 1')
          await turn()
          await tx.query('UPDATE t SET n = $1 WHERE id = 1', [(row?.n ?? 0) + 1])
        },
        { serial: true },
      )

    it('when serial lose no update between reading and writing', async () => {
      const { sql } = await withTable(driver)
      await sql.query(put, [1, 0])
      await Promise.all(Array.from({ length: 60 }, () => addOne(sql)))
      expect(await all(sql)).toEqual([{ id: 1, n: 60 }])
    })

    it('when serial see the world as if one came after the other: of two doctors one stays on call', async () => {
      const { sql } = await withTable(driver)
      await sql.query('INSERT INTO t (id, n) VALUES (1, 1), (2, 1)')
      // Often, because it goes well by chance when they miss each other.
      const leave = (id: number) =>
        sql.transaction(
          async (tx) => {
            const [row] = await tx.query<{ on_call: number }>('SELECT sum(n) AS on_call FROM t')
            await turn()
            if (row?.on_call === 2) await tx.query('UPDATE t SET n = 0 WHERE id = $1', [id])
          },
          { serial: true },
        )
      for (let round = 0; round < 15; round++) {
        await sql.query('UPDATE t SET n = 1')
        await Promise.all([leave(1), leave(2)])
        expect(await sql.query('SELECT sum(n) AS on_call FROM t')).toEqual([{ on_call: 1 }])
      }
    })

    it("of different rows do not get in each other's way, nor do increments of one row", async () => {
      const { sql, events } = await withTable(driver)
      for (let id = 1; id <= 20; id++) await sql.query(put, [id, 0])
      let next = 1_000
      const flush = (id: number) =>
        sql.transaction(async (tx) => {
          await tx.query('UPDATE t SET n = n + 1 WHERE id = $1', [id])
          await turn()
          await tx.query(put, [next++, id])
        })
      await Promise.all(Array.from({ length: 200 }, (_, i) => flush((i % 20) + 1)))
      expect(events.of('store.retried')).toEqual([])
      expect(await sql.query('SELECT sum(n) AS n FROM t WHERE id <= 20')).toEqual([{ n: 200 }])
    })

    it('that take rows in opposite orders both end', async () => {
      const { sql } = await withTable(driver)
      await sql.query('INSERT INTO t (id, n) VALUES (1, 0), (2, 0)')
      const add = (first: number, second: number) =>
        sql.transaction(async (tx) => {
          for (const id of [first, second]) {
            await tx.query('UPDATE t SET n = n + 1 WHERE id = $1', [id])
            await turn()
          }
        })
      await Promise.all(Array.from({ length: 10 }, (_, i) => (i % 2 ? add(1, 2) : add(2, 1))))
      expect(await all(sql)).toEqual([
        { id: 1, n: 10 },
        { id: 2, n: 10 },
      ])
    })

    it('a write that holds the epoch never lands after the epoch was raised', async () => {
      const { sql } = await withTable(driver)
      await sql.query(put, [0, 1])
      const raisedAt: number[] = []
      const flush = (id: number) =>
        sql.transaction(async (tx) => {
          const held = await tx.query('UPDATE t SET n = n WHERE id = 0 AND n = 1 RETURNING n')
          await turn()
          if (held.length > 0) await tx.query(put, [id, 1])
        })
      const raise = async () => {
        await sql.transaction((tx) => tx.query('UPDATE t SET n = n + 1 WHERE id = 0'))
        const [row] = await sql.query<{ n: number }>('SELECT count(*) AS n FROM t')
        raisedAt.push(row?.n ?? 0)
      }
      const flushes = Array.from({ length: 30 }, (_, i) => flush(i + 1))
      await Promise.all([...flushes, turn().then(raise)])
      expect(await sql.query('SELECT count(*) AS n FROM t')).toEqual([{ n: raisedAt[0] }])
    })
  })

  describe('inside a transaction', () => {
    it.each([
      ['query', (sql: Sql) => sql.query('SELECT 1 AS one')],
      ['transaction', (sql: Sql) => sql.transaction(async () => 1)],
      ['notify', (sql: Sql) => sql.notify('c', '')],
      ['listen', (sql: Sql) => sql.listen('c', () => {})],
      ['close', (sql: Sql) => sql.close()],
    ])('%s of the store itself is refused instead of waiting for ever', async (name, use) => {
      const { sql } = await withTable(driver)
      const work = sql.transaction(async (tx) => {
        await tx.query(put, [1, 1])
        await use(sql)
      })
      await expect(work).rejects.toThrow(`${name}() was called inside a transaction`)
      expect(await all(sql)).toEqual([])
    })

    it('another store may be asked, and afterwards this one again', async () => {
      const { sql } = await withTable(driver)
      const { sql: other } = await withTable(driver)
      await sql.transaction(async () => other.query(put, [1, 1]))
      expect(await sql.query('SELECT 1 AS one')).toEqual([{ one: 1 }])
    })
  })
})

// Transactions that wait together wait for the disk once, and nothing else about them changes: each has all of its own work or nothing.

import { join } from 'node:path'
import fc from 'fast-check'
import { beforeEach, expect, it } from 'vitest'
import { Bus } from '../../../agent/events.ts'
import { type Sql, StoreError } from '../../../agent/store/sql.ts'
import { openSqlite } from '../../../agent/store/sqlite.ts'
import { temporaryFolder } from './folder.ts'

let sql: Sql
let operations: string[]
/** Stands still, so that a busy machine ends no group early. */
let now = 0
beforeEach(async () => {
  const bus = new Bus('test')
  operations = []
  bus.on('store.queried', ({ operation }) => operations.push(operation))
  sql = openSqlite(join(temporaryFolder(), 'group.db'), bus, () => now)
  await sql.query('CREATE TABLE t (id BIGINT PRIMARY KEY)')
  operations.length = 0
})
const commits = () => operations.filter((operation) => operation === 'commit').length
const add = (id: number) => sql.transaction((tx) => tx.query('INSERT INTO t (id) VALUES ($1)', [id]))
const ids = async () => (await sql.query<{ id: number }>('SELECT id FROM t ORDER BY id')).map(({ id }) => id)

it('twenty that come at once are one commit, and one alone is one', async () => {
  await Promise.all(Array.from({ length: 20 }, (_, id) => add(id)))
  expect(commits()).toBe(1)
  await add(20)
  expect(commits()).toBe(2)
  expect(await ids()).toHaveLength(21)
})

it('one that fails harms nobody, before or behind it', async () => {
  const results = await Promise.allSettled([
    add(1),
    sql.transaction(async (tx) => {
      await tx.query('INSERT INTO t (id) VALUES ($1)', [2])
      throw new Error('changed my mind')
    }),
    add(1),
    sql.query('INSERT INTO t (id) VALUES ($1)', [1]),
    sql.query('INSERT INTO t (id) VALUES ($1)', [3]),
    add(4),
  ])
  expect(results.map(({ status }) => status)).toEqual([
    'fulfilled',
    'rejected',
    'rejected',
    'rejected',
    'fulfilled',
    'fulfilled',
  ])
  expect(await ids()).toEqual([1, 3, 4])
})

it('nobody is answered before the commit', async () => {
  const seen: number[] = []
  await Promise.all([1, 2, 3, 4, 5].map((id) => add(id).then(() => seen.push(commits()))))
  expect(seen).toEqual([1, 1, 1, 1, 1])
})

it('a commit that fails is a failure of all that were in it, and of nobody after', async () => {
  await sql.query('CREATE TABLE child (id BIGINT REFERENCES t (id) DEFERRABLE INITIALLY DEFERRED)')
  await sql.query('PRAGMA foreign_keys = ON')
  const results = await Promise.allSettled([
    add(1),
    // Only the commit finds out that there is no such parent.
    sql.transaction((tx) => tx.query('INSERT INTO child (id) VALUES ($1)', [99])),
    add(2),
  ])
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
  for (const result of results) expect(result).toMatchObject({ reason: expect.any(StoreError) })
  expect(await ids()).toEqual([])
  await add(3)
  expect(await ids()).toEqual([3])
})

it('a long one has its turn alone: nobody waits for its end but those behind it', async () => {
  const order: string[] = []
  const { promise: gate, resolve: open } = Promise.withResolvers<void>()
  const first = add(1).then(() => order.push('first'))
  const long = sql
    .transaction(() => gate, { lock: 'backup', withinMs: 60_000 })
    .then(() => order.push('long'))
  const behind = add(2).then(() => order.push('behind'))
  await first
  expect(order).toEqual(['first'])
  open()
  await Promise.all([long, behind])
  expect(order).toEqual(['first', 'long', 'behind'])
})

it('whatever comes together: what was answered is there, what was refused is not, in the order of the calls', async () => {
  let next = 1_000
  const step = fc.record({
    own: fc.constantFrom('query' as const, 'transaction' as const),
    inserts: fc.integer({ min: 1, max: 3 }),
    fails: fc.boolean(),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 70 }), async (steps) => {
      const expected: number[] = []
      const answered: number[] = []
      await Promise.all(
        steps.map(async ({ own, inserts, fails }, i) => {
          const mine = Array.from({ length: own === 'query' ? 1 : inserts }, () => next++)
          if (!fails) expected.push(...mine)
          const work =
            own === 'query'
              ? sql.query(
                  fails ? 'INSERT INTO nowhere (id) VALUES ($1)' : 'INSERT INTO t (id) VALUES ($1)',
                  mine,
                )
              : sql.transaction(async (tx) => {
                  for (const id of mine) await tx.query('INSERT INTO t (id) VALUES ($1)', [id])
                  if (fails) throw new Error('no')
                })
          const good = await work.then(
            () => true,
            () => false,
          )
          expect(good).toBe(!fails)
          if (good) answered.push(i)
        }),
      )
      expect(answered).toEqual([...answered].sort((a, b) => a - b))
      expect((await ids()).filter((id) => id >= 1_000)).toEqual(expected)
      await sql.query('DELETE FROM t')
    }),
    { numRuns: 30 },
  )
})

it('a group that has taken long commits, and who is left keeps the place', async () => {
  const order: number[] = []
  const slow = (id: number) =>
    sql
      .transaction(async (tx) => {
        await tx.query('INSERT INTO t (id) VALUES ($1)', [id])
        now += 4
      })
      .then(() => order.push(id))
  const first = Array.from({ length: 7 }, (_, id) => slow(id))
  // Comes while the first group is under way.
  const late = first[0]?.then(() => slow(7))
  await Promise.all([...first, late])
  expect(commits()).toBe(3)
  expect(order).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
})

it('callers who always have something more to ask let everybody else have a turn', async () => {
  let turns = 0
  let over = false
  const turning = setInterval(() => turns++, 0)
  const asking = async (): Promise<void> => {
    for (let n = 0; n < 1_000_000 && !over; n++) {
      await sql.transaction(async () => {
        now += 1
      })
      over = turns >= 3
    }
  }
  await Promise.all([asking(), asking()])
  clearInterval(turning)
  expect(turns).toBeGreaterThanOrEqual(3)
})

it('reads beside a write that finds the disk full are answered all the same', async () => {
  const [{ page_count: pages }] = (await sql.query<{ page_count: number }>('PRAGMA page_count')) as [
    { page_count: number },
  ]
  await sql.query(`PRAGMA max_page_count = ${pages}`)
  const write = sql.query('INSERT INTO t (id) SELECT value FROM json_each($1)', [
    JSON.stringify(Array.from({ length: 20_000 }, (_, id) => id + 100)),
  ])
  const reads = Array.from({ length: 5 }, () => sql.query('SELECT count(*) AS n FROM t'))
  await expect(write).rejects.toThrow('full')
  expect(await Promise.all(reads)).toEqual(Array.from({ length: 5 }, () => [{ n: 0 }]))
})

it('who lost to somebody whose work is not committed either hears of that, and not of the other', async () => {
  await sql.query('CREATE TABLE child (id BIGINT REFERENCES t (id) DEFERRABLE INITIALLY DEFERRED)')
  await sql.query('PRAGMA foreign_keys = ON')
  const lose = () =>
    sql.transaction(async (tx) => {
      const rows = await tx.query('INSERT INTO t (id) VALUES ($1) ON CONFLICT DO NOTHING RETURNING id', [1])
      if (rows.length === 0) throw new Error('somebody else has 1')
    })
  const results = await Promise.allSettled([
    add(1),
    lose(),
    sql.transaction((tx) => tx.query('INSERT INTO child (id) VALUES ($1)', [99])),
  ])
  for (const result of results) expect(result).toMatchObject({ reason: expect.any(StoreError) })
  expect(await ids()).toEqual([])
})

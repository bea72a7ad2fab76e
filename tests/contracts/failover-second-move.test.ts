// What is given to an account while a failover moves its work on to the next one goes along: whoever is first, the end is the same.

import { expect, it } from 'vitest'
import { listFailovers } from '../../agent/fleet/failover/rows.ts'
import { insertAll } from '../../agent/outbox/accept.ts'
import type { Route } from '../../agent/outbox/route.ts'
import { Telling } from '../../agent/outbox/telling.ts'
import { transfer, transferOptions } from '../../agent/outbox/transfer.ts'
import { unpark } from '../../agent/outbox/unpark.ts'
import type { Row, Sql, Value } from '../../agent/store/sql.ts'
import { noWebhooks } from '../harness/no-webhooks.ts'
import { until } from '../harness/until.ts'
import { onBothDrivers } from './drivers.ts'
import { accounts, graceMs, openFilled, stage } from './failover/stage.ts'
import { draft } from './outbox/stage.ts'

type Place = 'after its first write' | 'before its commit'

/** The store for one transaction that stops at a place until it may go on. */
function stopping(sql: Sql, place: Place) {
  const stopped = Promise.withResolvers<void>()
  const gate = Promise.withResolvers<void>()
  const stop = (): Promise<void> => {
    stopped.resolve()
    return gate.promise
  }
  const store: Sql = {
    driver: sql.driver,
    query: (text, params) => sql.query(text, params),
    notify: (channel, payload) => sql.notify(channel, payload),
    listen: (channel, heard) => sql.listen(channel, heard),
    close: () => sql.close(),
    transaction: (work, options) =>
      sql.transaction(async (tx) => {
        const query = async <T extends Row>(text: string, params?: readonly Value[]): Promise<T[]> => {
          const rows = await tx.query<T>(text, params)
          if (place === 'after its first write' && /^\s*UPDATE /.test(text)) await stop()
          return rows
        }
        const result = await work({ query, notify: (channel, payload) => tx.notify(channel, payload) })
        await stop()
        return result
      }, options),
  }
  return { store, stopped: stopped.promise, goOn: () => gate.resolve() }
}

/** A conversation stays with its account, also while that gives no sign of life. */
const route: Route = ({ pinned, except }) =>
  [pinned ?? 'p-1', ...accounts].find((account) => !except.includes(account)) ?? null
const insert = (sql: Sql, by = route): Promise<unknown> => {
  const sealed = { waId: 'WAlate', conversation: 'conversation-queued', payload: new Uint8Array([1]) }
  const late = { ...sealed, id: 'late', draft: draft({ expiresAt: Date.now() + 3_600_000 }), bodyHash: 'h' }
  return sql.transaction((tx) => insertAll(tx, [late], by, Date.now()))
}
const givers = {
  'an accept': { before: async () => {}, give: (sql: Sql) => insert(sql) },
  'an unpark': {
    before: (sql: Sql) => insert(sql, () => null),
    give: (sql: Sql) => unpark(new Telling(sql, noWebhooks), 'sales', route, Date.now()),
  },
} as const
type Giver = keyof typeof givers

onBothDrivers((driver) => {
  const move = (sql: Sql, from: string, to: string, onlyMoved: boolean): Promise<unknown> =>
    sql.transaction(
      (tx) => transfer(tx, { id: 'f', pool: 'sales', from, to, graceMs, now: Date.now() }, onlyMoved),
      transferOptions,
    )
  /** Until one of the two stands still for the other, or there is nothing to wait for. On SQLite there is no asking meanwhile. */
  const waitsOr = (sql: Sql, over: () => boolean): Promise<unknown> =>
    until('it neither waits nor is over', async () => {
      if (driver.name === 'sqlite' || over()) return true
      const [waiting] = await sql.query('SELECT count(*) AS n FROM pg_locks WHERE NOT granted')
      return Number(waiting?.n) > 0
    })
  const isWith = async (sql: Sql, account: string): Promise<void> => {
    const late = `SELECT m.account, m.state, c.account AS pin FROM message m JOIN conversation c ON c.id = m.conversation
      WHERE m.id = 'late'`
    expect(await sql.query(late)).toEqual([{ account, state: 'queued', pin: account }])
    expect(await sql.query("SELECT id FROM message WHERE account = 'p-2' AND bound = 0")).toEqual([])
  }

  it.each<[Giver, string, Place]>([
    ['an accept', 'is there before the second move', 'before its commit'],
    ['an accept', 'comes when that has begun', 'after its first write'],
    ['an accept', 'comes when that is about to end', 'before its commit'],
    ['an unpark', 'is there before the second move', 'before its commit'],
    ['an unpark', 'comes when that has begun', 'after its first write'],
    ['an unpark', 'comes when that is about to end', 'before its commit'],
  ])('%s that %s gives nothing to the account that is passed over', async (giver, order, place) => {
    const sql = await openFilled(driver)
    const { before, give } = givers[giver]
    await before(sql)
    await move(sql, 'p-1', 'p-2', false)
    const moveOn = (at: Sql) => move(at, 'p-2', 'p-3', true)
    const [first, second] = order.startsWith('is there') ? [give, moveOn] : [moveOn, give]
    const { store, stopped, goOn } = stopping(sql, place)
    const one = first(store)
    await Promise.race([stopped, one])
    let over = false
    const two = second(sql).finally(() => {
      over = true
    })
    await waitsOr(sql, () => over)
    goOn()
    await Promise.all([one, two])
    await isWith(sql, 'p-3')
  })

  it.each<[Giver]>([['an accept'], ['an unpark']])(
    '%s under way when a failover passes its account over is waited for',
    async (giver) => {
      const sql = await openFilled(driver)
      const { before, give } = givers[giver]
      await before(sql)
      const staged = stage(sql)
      const { store, stopped, goOn } = stopping(sql, 'before its commit')
      let giving: Promise<unknown> | undefined
      staged.bus.on('failover.step', ({ state }) => {
        if (state !== 'transferred' || giving) return
        staged.dead.add('p-2')
        giving = give(store)
      })
      await staged.strike()
      await stopped
      await waitsOr(sql, () => staged.runner.size === 0)
      goOn()
      await giving
      await staged.idle()
      expect((await listFailovers(sql, { limit: 1 }))[0]).toMatchObject({ state: 'active', chosen: 'p-3' })
      await isWith(sql, 'p-3')
    },
  )
})

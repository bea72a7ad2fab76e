// A PostgreSQL that goes away under load: every caller has an answer within bounds, it is said once, and work goes on when it is back.

import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { Bus } from '../../agent/events.ts'
import type { PostgresLimits } from '../../agent/store/postgres/server.ts'
import { openPostgres } from '../../agent/store/postgres.ts'
import { type Sql, StoreError } from '../../agent/store/sql.ts'
import { Instruments } from '../../agent/telemetry/instruments.ts'
import { recordEvents } from '../../agent/telemetry/record.ts'
import { hasPostgres, type PostgresServer, startPostgres } from '../harness/postgres.ts'
import { Recorder } from '../harness/recorder.ts'
import { until } from '../harness/until.ts'

/** Short, so that the test sees in seconds what takes longer in production. */
const limits: Partial<PostgresLimits> = {
  connections: 4,
  connectMs: 700,
  statementMs: 800,
  answerMs: 1_000,
  transactionMs: 3_000,
  retryMs: 100,
  heartbeatMs: 300,
  closeMs: 1_000,
}
/** A connection, an answer, and what a busy machine adds. */
const BOUND_MS = 700 + 1_000 + 1_500

describe.skipIf(!hasPostgres)('PostgreSQL', () => {
  let server: PostgresServer
  const rejections: unknown[] = []
  const onRejection = (error: unknown) => rejections.push(error)
  beforeAll(async () => {
    process.on('unhandledRejection', onRejection)
    server = await startPostgres()
  })
  afterEach(async () => {
    server.thaw()
    await server.start()
    expect(rejections).toEqual([])
  })
  afterAll(async () => {
    process.off('unhandledRejection', onRejection)
    await server.close()
  })

  async function open(over: Partial<PostgresLimits> = {}) {
    const bus = new Bus('node-1')
    const events = new Recorder(bus)
    const instruments = new Instruments('classic')
    recordEvents(bus, instruments)
    const sql = await openPostgres(await server.createSchema(), bus, { ...limits, ...over })
    onTestFinished(() => sql.close())
    await sql.query('CREATE TABLE t (id BIGINT PRIMARY KEY, n BIGINT)')
    const up = async () => (await instruments.gauge('storeUp').get()).values[0]?.value
    return { sql, bus, events, up }
  }

  /** Callers that ask all the time, until they are told to stop. */
  function load(sql: Sql, callers = 12) {
    const stop = new AbortController()
    const seen = { answered: 0, failed: 0, strange: [] as unknown[], slowestMs: 0 }
    let id = 0
    const caller = async (transact: boolean) => {
      while (!stop.signal.aborted) {
        const startedAt = performance.now()
        const put = 'INSERT INTO t (id, n) VALUES ($1, $1)'
        const key = id++
        try {
          await (transact ? sql.transaction((tx) => tx.query(put, [key])) : sql.query(put, [key]))
          seen.answered++
        } catch (error) {
          seen.failed++
          if (!(error instanceof StoreError)) seen.strange.push(error)
        }
        seen.slowestMs = Math.max(seen.slowestMs, performance.now() - startedAt)
        await sleep(5)
      }
    }
    const running = Promise.all(Array.from({ length: callers }, (_, i) => caller(i % 2 === 0)))
    const end = async () => {
      stop.abort()
      await running
      return seen
    }
    return { seen, end }
  }

  const outages: [string, () => Promise<void> | void, () => Promise<void> | void][] = [
    ['is shut down', () => server.stop('fast'), () => server.start()],
    ['crashes', () => server.stop('immediate'), () => server.start()],
    ['answers nothing any more', () => server.freeze(), () => server.thaw()],
  ]
  it.each(outages)(
    'that %s under load: bounded answers, one event each way, listeners resume',
    async (_, away, back) => {
      const { sql, events, up } = await open()
      const heard: (string | null)[] = []
      await sql.listen('queue', (payload) => heard.push(payload))
      expect(await up()).toBe(1)
      const { seen, end } = load(sql)
      await until('some work is done', () => seen.answered > 20)

      await away()
      await events.first('store.unreachable', { withinMs: 5_000 })
      expect(await up()).toBe(0)
      // While it is known to be away, callers are not kept waiting for a time-out each.
      const startedAt = performance.now()
      const refused = await sql.query('SELECT 1 AS one').catch((error: unknown) => error)
      expect(refused).toBeInstanceOf(StoreError)
      expect((refused as Error).message).toMatch(
        /the store at 127\.0\.0\.1:\d+\/\w+ cannot be used: .*; away for \d+ s/,
      )
      expect(performance.now() - startedAt).toBeLessThan(200)
      await expect(sql.listen('routes', () => {})).rejects.toThrow(StoreError)
      const failedBefore = seen.failed
      await until('callers fail and go on asking', () => seen.failed > failedBefore + 20)

      await back()
      await events.first('store.reachable', { where: ({ downMs }) => downMs !== null, withinMs: 10_000 })
      expect(await up()).toBe(1)
      const before = seen.answered
      await until('work goes on', () => seen.answered > before + 20)
      await until(
        'listeners are told that they may have missed something',
        () => heard.includes(null),
        10_000,
      )
      await sql.notify('queue', 'again')
      await until('listeners hear again', () => heard.includes('again'))

      const { strange, slowestMs, failed } = await end()
      expect(strange).toEqual([])
      expect(failed).toBeGreaterThan(0)
      expect(slowestMs).toBeLessThan(BOUND_MS)
      expect(events.of('store.unreachable')).toHaveLength(1)
      expect(heard).toEqual([null, 'again'])
    },
  )

  it.each(['fast', 'immediate'] as const)(
    'stopped %s: every write that was answered is there',
    async (mode) => {
      const { sql } = await open()
      const answered: number[] = []
      let id = 0
      const writers = Array.from({ length: 6 }, async () => {
        for (let failures = 0; failures < 3; ) {
          const key = id++
          await sql
            .transaction((tx) => tx.query('INSERT INTO t (id) VALUES ($1)', [key]))
            .then(
              () => answered.push(key),
              () => failures++,
            )
        }
      })
      await until('some are written', () => answered.length > 30)
      await server.stop(mode)
      await Promise.all(writers)
      await server.start()
      const rows = await until('it answers', () =>
        sql.query<{ id: number }>('SELECT id FROM t').catch(() => null),
      )
      const there = new Set(rows.map((row) => row.id))
      expect(answered.filter((key) => !there.has(key))).toEqual([])
    },
  )

  it('whose connections are all busy: whoever waits too long is told so, and nothing is called unreachable', async () => {
    const { sql, events } = await open({ connections: 2 })
    const slow = Array.from({ length: 2 }, () =>
      sql.transaction(async (tx) => {
        await tx.query('SELECT 1 AS one')
        await sleep(1_200)
      }),
    )
    const waiting = sql.query('SELECT 1 AS one')
    await expect(waiting).rejects.toThrow('all connections of this agent are busy')
    await Promise.all(slow)
    expect(await sql.query('SELECT 1 AS one')).toEqual([{ one: 1 }])
    expect(events.of('store.unreachable')).toEqual([])
  })

  it('on which a statement takes too long cancels it and goes on', async () => {
    const { sql } = await open()
    await expect(sql.query('SELECT pg_sleep(30)')).rejects.toThrow('took too long and was cancelled')
    const work = sql.transaction(async (tx) => {
      await tx.query('INSERT INTO t (id) VALUES (1)')
      await tx.query('SELECT pg_sleep(30)')
    })
    await expect(work).rejects.toThrow(StoreError)
    expect(await sql.query('SELECT id FROM t')).toEqual([])
  })

  it('that ends a single connection breaks only what ran on it', async () => {
    const { sql, events } = await open()
    const killed = sql.transaction(async (tx) => {
      const [row] = await tx.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
      await server.admin(`SELECT pg_terminate_backend(${row?.pid})`)
      // Not even a statement is needed to notice.
      await new Promise(() => {})
    })
    await expect(killed).rejects.toThrow(StoreError)
    await expect(killed).rejects.toThrow(/ended by an administrator|closed the connection/)
    expect(await sql.query('SELECT 1 AS one')).toEqual([{ one: 1 }])
    await server.admin("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'linda'")
    await until('it answers', () => sql.query('SELECT 1 AS one').catch(() => null))
    expect(events.of('store.unreachable')).toEqual([])
  })

  it.each(outages)('that %s: closing the store takes no longer than it may', async (_, away) => {
    const { sql } = await open()
    await sql.listen('queue', () => {})
    await sql.query('SELECT 1 AS one')
    const transaction = sql
      .transaction(async (tx) => {
        await tx.query('SELECT 1 AS one')
        await new Promise(() => {})
      })
      .catch((error: unknown) => error)
    await away()
    const startedAt = performance.now()
    await sql.close()
    expect(performance.now() - startedAt).toBeLessThan(1_000 + 1_000 + 1_000)
    expect(await transaction).toBeInstanceOf(StoreError)
  })
})

// The sums of health outlive the process: what was written comes back at its age, bad rows lose only themselves, and a store that fails costs a warning.

import { expect, it } from 'vitest'
import type { Counts } from '../../agent/health/counts.ts'
import { RollingCounts } from '../../agent/health/counts.ts'
import { KeptCounts } from '../../agent/health/kept-counts.ts'
import { migrate } from '../../agent/store/migrations.ts'
import type { Sql } from '../../agent/store/sql.ts'
import { type Opened, onBothDrivers } from './drivers.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const noon = 1_700_000_000_000

/** A process that counts for some accounts; its monotonic clock begins at 0. */
function life({ sql, bus }: Pick<Opened, 'sql' | 'bus'>, startedAt: number, accounts: readonly string[]) {
  let mono = 0
  let step = 0
  const counts = new Map(accounts.map((account) => [account, new RollingCounts()]))
  const kept = new KeptCounts({
    sql,
    bus,
    accounts: () => counts.keys(),
    counts: (account) => counts.get(account) as RollingCounts,
    wall: () => startedAt + mono + step,
    monotonic: () => mono,
  })
  return {
    kept,
    recall: () => kept.recall(accounts),
    pass: (ms: number) => (mono += ms),
    stepClock: (ms: number) => (step += ms),
    add: (account: string, field: keyof Counts, amount = 1) => counts.get(account)?.add(field, amount, mono),
    sums: (account: string) => (counts.get(account) as RollingCounts).sums(mono),
  }
}

const rowsOf = (sql: Sql) =>
  sql.query<{ account: string; begins: number; counts: string }>(
    'SELECT account, begins, counts FROM health_count ORDER BY account, begins',
  )

onBothDrivers((driver) => {
  async function open() {
    const opened = await driver.open()
    await migrate(opened.sql)
    return opened
  }

  it('what one process counted the next one has, and forgets at its age', async () => {
    const opened = await open()
    const first = life(opened, noon, ['a', 'b'])
    first.add('a', 'acks', 3)
    first.pass(50 * MINUTE)
    first.add('a', 'acks', 4)
    first.add('b', 'upMs', 1_234.5)
    await first.kept.write()
    const second = life(opened, noon + HOUR, ['a', 'b', 'c'])
    await second.recall()
    expect(second.sums('a').acks).toBe(7)
    expect(second.sums('b')).toMatchObject({ upMs: 1_234.5, acks: 0 })
    second.add('a', 'acks', 1)
    await second.kept.write()
    const third = life(opened, noon + 2 * HOUR, ['a'])
    await third.recall()
    expect(third.sums('a').acks).toBe(8)
    third.pass(22.4 * HOUR)
    expect(third.sums('a').acks).toBe(5)
    third.pass(0.1 * HOUR)
    expect(third.sums('a').acks).toBe(1)
    const last = life(opened, noon + 26 * HOUR, ['a'])
    await last.recall()
    expect(last.sums('a').acks).toBe(0)
    expect(opened.events.of('health.not-kept')).toEqual([])
  })

  it('only what changed is written, and a half hour is one row also when the clock is set meanwhile', async () => {
    const opened = await open()
    const now = life(opened, noon, ['a', 'b'])
    now.add('a', 'acks')
    await now.kept.write()
    now.stepClock(-40 * MINUTE)
    now.pass(MINUTE)
    now.add('a', 'acks')
    await now.kept.write()
    expect(await rowsOf(opened.sql)).toEqual([{ account: 'a', begins: noon, counts: '{"acks":2}' }])
    let asked = 0
    opened.bus.on('store.queried', () => (asked += 1))
    await now.kept.write()
    expect(asked).toBe(0)
  })

  it('a process that began exactly half hours after another one writes over none of its rows', async () => {
    const opened = await open()
    const first = life(opened, noon, ['a'])
    first.pass(35 * MINUTE)
    first.add('a', 'acks', 5)
    await first.kept.write()
    const second = life(opened, noon + 30 * MINUTE, ['a'])
    await second.recall()
    second.add('a', 'acks', 2)
    await second.kept.write()
    const third = life(opened, noon + HOUR, ['a'])
    await third.recall()
    expect(third.sums('a').acks).toBe(7)
  })

  it('bad rows lose only themselves', async () => {
    const opened = await open()
    const bad = ['', 'NaN', 'null', '{"acks":NaN}', '{"acks":-5}', '{"acks":1e999}', '[3]', '{"acks":"3"}']
    for (const [i, text] of bad.entries())
      await opened.sql.query('INSERT INTO health_count (account, begins, counts) VALUES ($1, $2, $3)', [
        'a',
        noon - (i + 1) * MINUTE,
        text,
      ])
    const put = 'INSERT INTO health_count (account, begins, counts) VALUES ($1, $2, $3)'
    await opened.sql.query(put, ['a', noon - HOUR, '{"acks":3,"newer":1}'])
    // Far ahead of every clock.
    await opened.sql.query(put, ['a', noon + 1_000 * HOUR, '{"acks":90}'])
    // A little ahead: the clock was set back between the two processes.
    await opened.sql.query(put, ['a', noon + 20 * MINUTE, '{"acks":4}'])
    const now = life(opened, noon, ['a'])
    await now.recall()
    expect(now.sums('a').acks).toBe(7)
    expect(opened.events.of('health.not-kept')).toMatchObject([
      { doing: 'reading', detail: `${bad.length + 1} rows of health_count hold no sums and are left out` },
    ])
  })

  it('hundreds of accounts are written in batches, and others get their turn in between', async () => {
    const opened = await open()
    const accounts = Array.from({ length: 230 }, (_, i) => `a-${String(i).padStart(3, '0')}`)
    const now = life(opened, noon, accounts)
    for (const account of accounts) now.add(account, 'messages', 2)
    let turns = 0
    let over = false
    const count = (): void => {
      turns += 1
      if (!over) setImmediate(count)
    }
    setImmediate(count)
    await now.kept.write()
    over = true
    expect(turns).toBeGreaterThanOrEqual(5)
    expect(await rowsOf(opened.sql)).toHaveLength(230)
    const next = life(opened, noon + HOUR, accounts)
    await next.recall()
    for (const account of accounts) expect(next.sums(account).messages).toBe(2)
  })

  it('a store that fails costs a warning, and what it did not take is written the next time', async () => {
    const opened = await open()
    let fails = true
    const sql = new Proxy(opened.sql, {
      get: (target, key) =>
        key === 'query' && fails
          ? () => Promise.reject(new Error('the store is away'))
          : (target[key as keyof Sql] as () => void).bind?.(target),
    })
    const now = life({ ...opened, sql }, noon, ['a', 'b'])
    await now.recall()
    now.add('a', 'acks')
    now.add('b', 'acks')
    await now.kept.write()
    now.pass(40 * MINUTE)
    now.add('a', 'acks')
    await now.kept.write()
    expect(opened.events.of('health.not-kept').map(({ doing, detail }) => [doing, detail])).toEqual([
      ['reading', 'the store is away'],
      ['writing', 'the store is away'],
      ['writing', 'the store is away'],
    ])
    fails = false
    await now.kept.write()
    expect((await rowsOf(opened.sql)).map(({ account, begins }) => [account, begins - noon])).toEqual([
      ['a', 0],
      ['a', 30 * MINUTE],
      ['b', 0],
    ])
  })

  it('what is older than 25 hours is deleted, and that of retired accounts with it', async () => {
    const opened = await open()
    const put = 'INSERT INTO health_count (account, begins, counts) VALUES ($1, $2, $3)'
    for (const account of ['a', 'retired', 'of-another-node'])
      for (const hours of [30, 25.1, 24.9, 1])
        await opened.sql.query(put, [account, noon - hours * HOUR, '{"acks":1}'])
    for (const [id, retired] of [
      ['a', 0],
      ['retired', 1],
      ['of-another-node', 0],
    ] as const)
      await opened.sql.query(
        `INSERT INTO account (id, node, phone, pool, role, priority, weight, region, retired, changed_at)
         VALUES ($1, 'n', $2, 'p', 'primary', 1, '1', 'uae', $3, 0)`,
        [id, `+${id.length}`, retired],
      )
    const now = life(opened, noon, ['a'])
    await now.recall()
    await now.kept.write()
    const left = (await rowsOf(opened.sql)).map(({ account, begins }) => [account, (noon - begins) / HOUR])
    expect(left).toEqual([
      ['a', 24.9],
      ['a', 1],
      ['of-another-node', 30],
      ['of-another-node', 25.1],
      ['of-another-node', 24.9],
      ['of-another-node', 1],
      ['retired', 24.9],
      ['retired', 1],
    ])
  })
})

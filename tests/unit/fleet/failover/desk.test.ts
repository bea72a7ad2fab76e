// The agent stops in the middle of a failover: the silence of its own sessions decides nothing, and the next start goes on.

import { describe, expect, it, onTestFinished } from 'vitest'
import { Bus } from '../../../../agent/events.ts'
import { FailoverDesk } from '../../../../agent/fleet/failover/desk.ts'
import { parkedWhy } from '../../../../agent/fleet/failover/modes.ts'
import type { Watched } from '../../../../agent/fleet/failover/watch.ts'
import { RoutingBook } from '../../../../agent/routing/settings.ts'
import { migrate } from '../../../../agent/store/migrations.ts'
import type { Sql } from '../../../../agent/store/sql.ts'
import { openSqlite } from '../../../../agent/store/sqlite.ts'
import { until } from '../../../harness/until.ts'
import { candidate } from '../../routing/pool.ts'
import { failoverConfig } from './settings.ts'

function deskOn(
  sql: Sql,
  alive: (account: string) => Promise<boolean>,
  members: Watched[] = [],
  node = 'node-1',
  bus = new Bus(node),
): { bus: Bus; desk: FailoverDesk; book: RoutingBook } {
  const configured = {
    strategy: () => 'least-loaded' as const,
    account: () => ({ pool: 'sales', weight: 1, priority: 1 }),
  }
  const book = new RoutingBook(sql, bus, configured)
  const desk = new FailoverDesk({
    bus,
    sql,
    node,
    config: { ...failoverConfig, activationMs: 100 },
    secrets: [],
    graceMs: 0,
    book,
    candidates: () => ['a-1', 'a-2', 'a-3'].map((account) => candidate(account)),
    automatic: () => true,
    members: () => members,
    alive,
    wake: () => {},
  })
  return { bus, desk, book }
}

it('SIGTERM while the new one is looked at: nothing more is decided from then on', async () => {
  const sql = openSqlite(':memory:', new Bus('store'))
  onTestFinished(() => sql.close())
  await migrate(sql)
  let stopping = false
  const { bus, desk } = deskOn(sql, async () => !stopping)
  bus.on('failover.step', ({ state }) => {
    if (state !== 'transferred') return
    // As the agent does it: it says so first, then its sessions fall silent.
    bus.emit('agent.stopping', { signal: 'SIGTERM' })
    stopping = true
  })
  const stop = await desk.start()
  const f = await desk.wish({
    pool: 'sales',
    from: 'a-1',
    to: null,
    kind: 'forced',
    who: 'me',
    origin: 'test',
  })
  await until('it rests', () => desk.running === 0)
  await stop()
  expect(await desk.find(f?.id ?? '')).toMatchObject({ open: true, chosen: 'a-2' })
  const next = deskOn(sql, async () => true)
  onTestFinished(await next.desk.start())
  await until('it has ended', async () => (await next.desk.find(f?.id ?? ''))?.open === false)
  expect(await next.desk.find(f?.id ?? '')).toMatchObject({ state: 'active', chosen: 'a-2' })
})

it.each(['out', 'maintenance'])(
  'well again, and meanwhile a person has said %s: only what is still out comes back',
  async (said) => {
    const sql = openSqlite(':memory:', new Bus('store'))
    onTestFinished(() => sql.close())
    await migrate(sql)
    const snapshot = {
      state: 'open',
      up: true,
      restriction: null,
      lastDisconnect: null,
      withheld: { count: 0, ms: 0 },
    }
    const member = { account: 'a-1', pool: 'sales', epoch: 1, snapshot } as unknown as Watched
    const { desk, book, bus } = deskOn(sql, async () => true, [member])
    const changes: string[] = []
    bus.on('account.mode-changed', ({ to, who }) => changes.push(`${to} by ${who}`))
    await book.setMode('a-1', 'out', parkedWhy('up'), { who: 'test', origin: 'test' })
    // Of another node, and not heard of here yet.
    await sql.query('UPDATE account_mode SET mode = $1', [said])
    onTestFinished(await desk.start())
    await until('it was looked at', () => book.mode('a-1') !== 'out' || said === 'out', 8_000)
    if (said === 'out') await until('it is back', () => changes.includes('up by linda'), 8_000)
    const [row] = await sql.query('SELECT mode FROM account_mode')
    expect(row).toEqual({ mode: said === 'out' ? 'up' : 'maintenance' })
  },
  20_000,
)

it('what another node has under way counts here too', async () => {
  const sql = openSqlite(':memory:', new Bus('store'))
  onTestFinished(() => sql.close())
  await migrate(sql)
  const other = deskOn(sql, () => new Promise(() => {})).desk
  const wish = { pool: 'sales', from: 'a-1', to: null, kind: 'forced', who: 'me', origin: 'test' } as const
  await other.wish(wish)
  const { desk } = deskOn(sql, async () => true, [], 'node-2')
  onTestFinished(await desk.start())
  await until('it was counted', () => desk.open === 1)
  expect(desk.running).toBe(0)
})

describe('cleared', () => {
  it.each([
    ['out', 'failover: banned', 'up'],
    ['up', 'it took over from a-2', 'up'],
    ['maintenance', 'a new SIM', 'maintenance'],
  ] as const)('one that is %s because "%s" is %s, in one transaction', async (mode, why, expected) => {
    const sql = openSqlite(':memory:', new Bus('store'))
    onTestFinished(() => sql.close())
    await migrate(sql)
    const { desk, book, bus } = deskOn(sql, async () => true)
    await book.setMode('a-1', mode, why, { who: 'test', origin: 'test' })
    await sql.query('UPDATE account_mode SET failovers = 3, blocked_until = 9')
    const changes: string[] = []
    bus.on('account.mode-changed', ({ from, to, who }) => changes.push(`${from} ${to} ${who}`))
    let transactions = 0
    const counting = new Proxy(sql, {
      get: (target, name) => {
        const found = Reflect.get(target, name)
        if (typeof found !== 'function') return found
        if (name === 'transaction') transactions += 1
        return found.bind(target)
      },
    })
    const counted = deskOn(counting, async () => true, [], 'node-1', bus).desk
    expect(await counted.clear('a-1', 'sales', 'me', 'test')).toBe(true)
    expect(transactions).toBe(1)
    const [row] = await sql.query('SELECT mode, why, failovers, blocked_until FROM account_mode')
    expect(row).toMatchObject({ mode: expected, failovers: 0, blocked_until: 0 })
    // Whoever put it in service for a while knows it by these words.
    expect(row?.why).not.toMatch(/^it took over/)
    expect(changes).toEqual(mode === 'out' ? ['out up me'] : [])
    await desk.wish({ pool: 'sales', from: 'a-1', to: null, kind: 'forced', who: 'me', origin: 'test' })
    expect(await desk.clear('a-1', 'sales', 'me', 'test')).toBe(false)
    await until('it rests', () => desk.running === 0)
  })
})

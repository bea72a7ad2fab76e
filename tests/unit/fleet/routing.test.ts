// The routing of a node follows its sessions: what happens to an account is known to the very next decision.

import { expect, it, onTestFinished } from 'vitest'
import { makeRouting, type RoutingParts } from '../../../agent/fleet/routing.ts'
import { account, fleetStage } from './stage.ts'

const author = { who: 'ops', origin: 'test' }

async function stage(but: Partial<RoutingParts> = {}) {
  const it = await fleetStage({ connectConcurrency: 10 })
  const statuses = new Map<string, 'healthy' | 'unhealthy'>()
  const routing = makeRouting({
    config: {
      node: { id: 'node-1', region: 'uae', capacity: 10, stopWithinMs: 1_000 },
      pools: [
        { id: 'sales', strategy: 'least-loaded', failover: 'auto' },
        { id: 'empty', strategy: 'geo', failover: 'auto' },
      ],
      routing: { slowStartMs: 300_000, ejection: 'on', ejectionFailures: 2 },
    },
    sql: it.sql,
    bus: it.bus,
    fleet: it.fleet,
    monitor: { report: (id) => ({ status: statuses.get(id) ?? 'healthy' }) as never },
    live: () => [],
    spentUntil: () => null,
    random: () => 0,
    ...but,
  })
  onTestFinished(await routing.start())
  await it.fleet.start([1, 2, 3].map((n) => ({ ...account(n), role: 'primary' as const })))
  while (it.server.sockets.length < 3) await new Promise<void>((resolve) => setImmediate(resolve))
  const open = (n: number): void => {
    it.server.sockets[n - 1]?.to.open()
    it.server.sockets[n - 1]?.to.frame()
  }
  const who = () => routing.router.choose('sales').account
  return { ...it, routing, statuses, open, who }
}

it('parks while nobody is open, and gives to whoever opens at once', async () => {
  const { open, who, routing } = await stage()
  expect(who()).toBe(null)
  open(2)
  expect(who()).toBe('uae-2')
  expect(routing.router.choose('empty')).toMatchObject({ account: null, reason: 'empty', strategy: 'geo' })
})

it('leaves out who is lost, unhealthy, ejected or in maintenance from the next decision on', async () => {
  const { open, who, routing, bus, server, statuses } = await stage()
  for (const n of [1, 2, 3]) open(n)
  const able = () =>
    routing.router.explain('sales').considered.flatMap(({ account: id, share }) => (share > 0 ? [id] : []))
  expect(able()).toEqual(['uae-1', 'uae-2', 'uae-3'])
  who()
  for (let i = 0; i < 2; i++)
    bus.emit(
      'message.failed',
      { messageId: `M${i}`, code: 'ack-timeout', outcome: 'unknown' },
      { account: 'uae-2' },
    )
  expect(able()).toEqual(['uae-1', 'uae-3'])
  server.sockets[0]?.to.close({ code: 428, reason: 'connection-closed', detail: '' })
  for (let i = 0; i < 5; i++) expect(who()).toBe('uae-3')
  statuses.set('uae-3', 'unhealthy')
  bus.emit(
    'health.status-changed',
    { from: 'healthy', to: 'unhealthy', score: 1, caps: [] },
    { account: 'uae-3' },
  )
  expect(who()).toBe(null)
  statuses.clear()
  routing.router.stale()
  expect(who()).toBe('uae-3')
  await routing.book.setMode('uae-3', 'maintenance', '', author)
  expect(who()).toBe(null)
})

it('adds up what waits for an account, but not what is to be sent later', async () => {
  const { open, routing } = await stage({
    live: () => [
      { pool: 'sales', account: 'uae-1', state: 'queued', count: 2 },
      { pool: 'sales', account: 'uae-1', state: 'sent', count: 1 },
      { pool: 'sales', account: 'uae-2', state: 'scheduled', count: 99 },
      { pool: 'sales', account: null, state: 'parked', count: 99 },
    ],
  })
  for (const n of [1, 2]) open(n)
  expect([...routing.router.shares('sales')]).toEqual([
    ['uae-1', 0.2],
    ['uae-2', 0.8],
  ])
})

it('finds an account by id or phone with its pool, and knows what is configured', async () => {
  const { routing } = await stage()
  expect(routing.find('+971500000002')).toEqual({ account: 'uae-2', pool: 'sales' })
  expect(routing.find('nobody')).toBe(null)
  expect(routing.configured.account('uae-1')).toEqual({ pool: 'sales', weight: 1, priority: 1 })
  expect(routing.router.pools()).toEqual(['sales', 'empty'])
})

it('says to other nodes how its accounts stand', async () => {
  const { open, routing, sql } = await stage()
  open(1)
  await routing.standing.publish()
  const rows = await sql.query<{ account: string; data: string }>(
    'SELECT account, data FROM standing ORDER BY account',
  )
  expect(rows.map(({ account: id, data }) => [id, JSON.parse(data).usable])).toEqual([
    ['uae-1', true],
    ['uae-2', false],
    ['uae-3', false],
  ])
})

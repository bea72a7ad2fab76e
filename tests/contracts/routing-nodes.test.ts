// Whatever holds the store: two nodes choose from all accounts of a pool, wherever they run, and from none whose node is silent.

import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import type { AccountConfig } from '../../agent/config/schema.ts'
import { directoryOfAll } from '../../agent/context/views.ts'
import { applyAccounts } from '../../agent/fleet/registry.ts'
import { makeRouting, type Routing } from '../../agent/fleet/routing.ts'
import { migrate } from '../../agent/store/migrations.ts'
import { until } from '../harness/until.ts'
import { type Opened, onBothDrivers } from './drivers.ts'

const listed = (id: string, region: string): AccountConfig => ({
  id,
  phone: `+${region === 'ksa' ? 966 : 971}50000000${id.slice(-1)}`,
  pool: 'sales',
  role: 'primary',
  priority: 1,
  weight: 1,
  region,
})

/** A node that runs one account, which is open. */
async function nodeOf({ sql, bus }: Opened, node: string, account: AccountConfig): Promise<Routing> {
  await applyAccounts(sql, bus, node, [account])
  const session = { snapshot: { state: 'open', up: true, restriction: null } }
  const member = { account, epoch: 1, session }
  const routing = makeRouting({
    config: {
      node: { id: node, region: account.region, capacity: 1, stopWithinMs: 1_000 },
      pools: [{ id: 'sales', strategy: 'geo', failover: 'auto' }],
      routing: { slowStartMs: 300_000, ejection: 'on', ejectionFailures: 2 },
    },
    sql,
    bus,
    fleet: {
      members: () => [member],
      find: (id: string) => (id === account.id ? member : undefined),
    } as never,
    monitor: { report: () => ({ status: 'healthy' }) as never },
    live: () => [],
    spentUntil: () => null,
    random: () => 0,
  })
  onTestFinished(await routing.start())
  return routing
}

onBothDrivers((driver) => {
  describe('two nodes', () => {
    let one: Routing
    let two: Routing
    const turn = async (): Promise<void> => {
      for (const node of [one, two]) await node.standing.publish()
      for (const node of [one, two]) await node.standing.read()
      for (const node of [one, two]) node.router.stale()
    }
    beforeEach(async () => {
      const url = await driver.url()
      const first = await driver.open(url)
      await migrate(first.sql)
      one = await nodeOf(first, 'node-1', listed('uae-1', 'uae'))
      // SQLite belongs to one process.
      const second = driver.name === 'postgres' ? await driver.open(url) : first
      two = await nodeOf(second, 'node-2', listed('ksa-1', 'ksa'))
      await turn()
    })
    const choice = (node: Routing, region: string) =>
      node.router.choose('sales', { pinned: null, bound: null, region }).account

    it('choose the same account for the same region, wherever it runs', async () => {
      await until(
        'both are heard',
        async () => {
          await turn()
          return [one, two].every(
            (node) => node.router.shares('sales').size === 1 && choice(node, 'ksa') === 'ksa-1',
          )
        },
        8_000,
      )
      for (const node of [one, two])
        expect([choice(node, 'uae'), choice(node, 'ksa')]).toEqual(['uae-1', 'ksa-1'])
      expect(one.find('ksa-1')).toEqual({ account: 'ksa-1', pool: 'sales' })
    }, 20_000)

    it('take messages for each other: a pool or an account of the other one is found, by id or phone', async () => {
      const own = { pools: [{ id: 'sales' }], accounts: [listed('uae-1', 'uae')] } as never
      const directory = directoryOfAll(own, one)
      for (const key of ['ksa-1', '+966500000001', '966500000001'])
        expect(directory.find(key)).toEqual({ id: 'ksa-1', pool: 'sales' })
      expect(directory.find('uae-1')).toMatchObject({ id: 'uae-1', pool: 'sales' })
      expect(directory.find('+966500000009')).toBe(undefined)
      expect(directory.accountsOf('sales')).toEqual(['uae-1', 'ksa-1'])
      expect(directory.accountsOf('nothing')).toBe(undefined)
      const elsewhere = directoryOfAll({ pools: [{ id: 'support' }], accounts: [] } as never, one)
      expect(elsewhere.accountsOf('sales')).toContain('ksa-1')
      expect(elsewhere.accountsOf('support')).toEqual([])
      expect(elsewhere.pools()).toEqual(['support'])
    })

    it('follow what was set on one of them', async () => {
      const author = { who: 'ops', origin: 'test' }
      await one.book.setMode('ksa-1', 'maintenance', '', author)
      await one.book.setStrategy('sales', 'priority', author)
      await until('the other one has both', () => {
        const [own] = two.candidates('sales').filter(({ account }) => account === 'ksa-1')
        return own?.mode === 'maintenance' && two.book.strategy('sales') === 'priority'
      })
      expect(choice(two, 'ksa')).not.toBe('ksa-1')
    })
  })
})

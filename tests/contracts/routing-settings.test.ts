// Whatever holds the store: a setting changes with its audit row or not at all, and every node has it soon afterwards.

import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { isLent } from '../../agent/fleet/failover/modes.ts'
import { RoutingBook } from '../../agent/routing/settings.ts'
import { readSettings, writeMode } from '../../agent/routing/settings-rows.ts'
import { list } from '../../agent/store/audit.ts'
import { verify } from '../../agent/store/audit-check.ts'
import { migrate } from '../../agent/store/migrations.ts'
import { until } from '../harness/until.ts'
import { type Opened, onBothDrivers } from './drivers.ts'

const author = { who: 'ops', origin: 'api ::1' }
const configured = {
  strategy: () => 'geo' as const,
  account: () => ({ pool: 'sales', weight: 1, priority: 5 }),
}

onBothDrivers((driver) => {
  let opened: Opened
  let url: string
  beforeEach(async () => {
    url = await driver.url()
    opened = await driver.open(url)
    await migrate(opened.sql)
  })
  const started = async ({ sql, bus }: Opened = opened): Promise<RoutingBook> => {
    const book = new RoutingBook(sql, bus, configured, { moving: async () => false, lent: isLent })
    const stop = await book.start()
    onTestFinished(stop)
    return book
  }
  const trail = async () =>
    (await list(opened.sql, { limit: 20 })).map(({ what, account, data }) => [what, account, data]).reverse()

  describe('a setting', () => {
    it('wins over the configuration until it is taken back', async () => {
      const book = await started()
      expect(book.strategy('sales')).toBe('geo')
      await book.setStrategy('sales', 'priority', author)
      expect(book.strategy('sales')).toBe('priority')
      expect(book.strategy('support')).toBe('geo')
      await book.setStrategy('sales', null, author)
      expect(book.strategy('sales')).toBe('geo')
      await book.setAccount('uae-1', { weight: 2.5, priority: 1 }, author)
      await book.setAccount('uae-1', { priority: 3 }, author)
      expect(book.snapshot.accounts.get('uae-1')).toEqual({ weight: 2.5, priority: 3 })
      await book.setAccount('uae-1', { weight: null }, author)
      expect(book.snapshot.accounts.get('uae-1')).toEqual({ priority: 3 })
      expect(opened.events.of('routing.changed')).toMatchObject([
        { what: 'strategy', pool: 'sales', from: 'geo', to: 'priority', who: 'ops' },
        { what: 'strategy', from: 'priority', to: 'geo' },
        { what: 'weight', from: 1, to: 2.5, account: 'uae-1', pool: 'sales' },
        { what: 'priority', from: 5, to: 1 },
        { what: 'priority', from: 1, to: 3 },
        { what: 'weight', from: 2.5, to: 1 },
      ])
      expect(await trail()).toEqual([
        ['strategy.set', null, '{"from":"geo","to":"priority"}'],
        ['strategy.taken-back', null, '{"from":"priority","to":"geo"}'],
        ['weight.set', 'uae-1', '{"from":1,"to":2.5}'],
        ['priority.set', 'uae-1', '{"from":5,"to":1}'],
        ['priority.set', 'uae-1', '{"from":1,"to":3}'],
        ['weight.taken-back', 'uae-1', '{"from":2.5,"to":1}'],
      ])
      expect(await verify(opened.sql)).toMatchObject({ ok: true, rows: 6 })
    })

    it('stays as it was where its audit row cannot be written', async () => {
      const book = await started()
      await opened.sql.query('DROP TABLE audit')
      await expect(book.setStrategy('sales', 'priority', author)).rejects.toThrow()
      await book.reload()
      expect(book.strategy('sales')).toBe('geo')
      expect(opened.events.of('routing.changed')).toEqual([])
    })

    it('is there after a restart, and reaches another node by itself', async () => {
      const book = await started()
      // SQLite belongs to one process: there the other one stands for a restart.
      const other = await started(driver.name === 'postgres' ? await driver.open(url) : opened)
      let told = 0
      const deaf = other.onChange(() => (told += 1))
      await book.setStrategy('sales', 'round-robin', author)
      await until('the other node has it', () => other.strategy('sales') === 'round-robin', 4_000)
      expect(told).toBe(1)
      deaf()
      await other.reload()
      const before = other.snapshot
      await other.reload()
      expect(other.snapshot).toBe(before)
      expect((await started()).strategy('sales')).toBe('round-robin')
    })

    it('of many who set at once is the last one, and the trail says each step', async () => {
      const book = await started()
      await Promise.all([1, 2, 3, 4, 5, 6].map((priority) => book.setAccount('uae-1', { priority }, author)))
      const steps = (await list(opened.sql, { limit: 20 }))
        .reverse()
        .map(({ data }) => JSON.parse(data) as { from: number; to: number })
      expect(steps).toHaveLength(6)
      for (const [i, step] of steps.entries()) expect(step.from).toBe(steps[i - 1]?.to ?? 5)
      expect(book.snapshot.accounts.get('uae-1')?.priority).toBe(steps.at(-1)?.to)
    })

    it('that a newer version wrote is left out', async () => {
      const put =
        'INSERT INTO routing_setting (scope, id, name, value, changed_at) VALUES ($1, $2, $3, $4, 0)'
      await opened.sql.query(put, ['pool', 'sales', 'strategy', 'clairvoyant'])
      await opened.sql.query(put, ['account', 'uae-1', 'weight', 'heavy'])
      await opened.sql.query(put, ['planet', 'x', 'weight', '1'])
      const { strategies, accounts } = await readSettings(opened.sql)
      expect([strategies.size, accounts.size]).toEqual([0, 0])
    })
  })

  describe('a mode', () => {
    it('is up until somebody says otherwise, and its change is told and kept', async () => {
      const book = await started()
      expect(book.mode('uae-1')).toBe('up')
      await book.setMode('uae-1', 'draining', 'new phone', author)
      expect(book.mode('uae-1')).toBe('draining')
      expect(book.snapshot.modes.get('uae-1')).toMatchObject({ why: 'new phone', returnedAt: null })
      expect(opened.events.of('account.mode-changed')).toMatchObject([
        { account: 'uae-1', from: 'up', to: 'draining', why: 'new phone', who: 'ops' },
      ])
      expect(await trail()).toEqual([
        ['mode.set', 'uae-1', '{"from":"up","to":"draining","why":"new phone"}'],
      ])
    })

    it('keeps its reason when it is said again without one, and takes a new reason', async () => {
      const book = await started()
      await book.setMode('uae-1', 'draining', 'new phone', author)
      const said = book.snapshot.modes.get('uae-1')
      await book.setMode('uae-1', 'draining', '', author)
      expect(book.snapshot.modes.get('uae-1')).toEqual(said)
      expect(await trail()).toHaveLength(1)
      await book.setMode('uae-1', 'draining', 'new SIM', author)
      expect(book.snapshot.modes.get('uae-1')).toMatchObject({ why: 'new SIM' })
      expect(await trail()).toHaveLength(2)
    })

    it('that a failover has given is kept by a person who says it again without a reason', async () => {
      const book = await started()
      const lend = (why: string) =>
        opened.sql.transaction((tx) => writeMode(tx, 'uae-2', 'up', why, Date.now()))
      const why = () => book.snapshot.modes.get('uae-2')?.why
      await lend('it took over from uae-1')
      expect(await book.setMode('uae-2', 'up', '', author)).toBe(true)
      expect([book.mode('uae-2'), why()]).toEqual(['up', ''])
      expect(opened.events.of('account.mode-changed')).toMatchObject([{ from: 'up', to: 'up', why: '' }])
      expect(await trail()).toEqual([['mode.set', 'uae-2', '{"from":"up","to":"up","why":""}']])
      await lend('what it took over from uae-1 is sent')
      expect(await book.setMode('uae-2', 'up', '', author)).toBe(true)
      expect(why()).toBe('what it took over from uae-1 is sent')
      expect(await trail()).toHaveLength(1)
    })

    it('up again starts slowly after maintenance or a failover, not after draining', async () => {
      const book = await started()
      const returned = () => book.snapshot.modes.get('uae-1')?.returnedAt ?? null
      await book.setMode('uae-1', 'draining', '', author)
      await book.setMode('uae-1', 'up', '', author)
      expect(returned()).toBe(null)
      for (const mode of ['maintenance', 'out'] as const) {
        const before = Date.now()
        await book.setMode('uae-1', mode, '', author)
        await book.setMode('uae-1', 'up', '', author)
        expect(returned()).toBeGreaterThanOrEqual(before)
      }
    })

    it('drained on its way back from maintenance or a failover it starts slowly too', async () => {
      const { sql } = opened
      for (const away of ['maintenance', 'out'] as const) {
        for (const [i, mode] of [away, 'draining' as const, 'up' as const].entries())
          await sql.transaction((tx) => writeMode(tx, away, mode, '', 100 + i))
        expect((await readSettings(sql)).modes.get(away)).toMatchObject({ mode: 'up', returnedAt: 101 })
      }
    })

    it('can be given in a transaction of somebody else, who hears what it was', async () => {
      const { sql } = opened
      const give = (mode: 'out' | 'up') =>
        sql.transaction((tx) => writeMode(tx, 'uae-1', mode, 'logged out', 77))
      expect([await give('out'), await give('out'), await give('up')]).toEqual(['up', 'out', 'out'])
      const { modes } = await readSettings(sql)
      expect(modes.get('uae-1')).toMatchObject({ mode: 'up', since: 77, returnedAt: 77, failovers: 0 })
    })
  })
})

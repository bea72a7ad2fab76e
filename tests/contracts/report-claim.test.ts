// A report that is due is sent by one agent, however many ask at once, on both databases.

import { expect, it } from 'vitest'
import { claim, everDue, giveBack, settle } from '../../agent/analytics/reports/claim.ts'
import { DueReport } from '../../agent/analytics/reports/due.ts'
import { listedAccounts } from '../../agent/analytics/reports/sources.ts'
import { migrate } from '../../agent/store/migrations.ts'
import { onBothDrivers } from './drivers.ts'

const HALF_HOUR = 30 * 60_000

onBothDrivers((driver) => {
  it('of ten agents that ask at once one has it, and the next period is free again', async () => {
    const { sql } = await driver.open()
    await migrate(sql)
    expect(await everDue(sql, 'daily')).toBe(false)
    const ask = (period: number) =>
      Promise.all(
        Array.from({ length: 10 }, (_, i) =>
          claim(sql, { type: 'daily', period, node: `n-${i}`, now: period }),
        ),
      )
    for (const period of [1_000, 2_000, 1_500])
      expect((await ask(period)).filter((each) => each === 'mine')).toHaveLength(period === 1_500 ? 0 : 1)
    expect(await everDue(sql, 'daily')).toBe(true)
    expect(await claim(sql, { type: 'weekly', period: 1, node: 'n-1', now: 1 })).toBe('mine')
  })

  it('one whose agent is gone is free after half an hour, by one of two; one that ended never', async () => {
    const { sql } = await driver.open()
    await migrate(sql)
    const at = (now: number) => claim(sql, { type: 'daily', period: 5, node: 'n-1', now })
    expect([await at(0), await at(HALF_HOUR)]).toEqual(['mine', 'held'])
    const later = await Promise.all([at(HALF_HOUR + 1), at(HALF_HOUR + 1)])
    expect(later.sort()).toEqual(['held', 'mine'])
    await settle(sql, { type: 'daily', period: 5, outcome: 'failed', now: HALF_HOUR + 2 })
    expect(await at(10 * HALF_HOUR)).toBe('over')
  })

  it('one that was given back is free at once, and only the one who has it gives it back', async () => {
    const { sql } = await driver.open()
    await migrate(sql)
    const now = 10 * HALF_HOUR
    const at = (node: string) => claim(sql, { type: 'daily', period: 5, node, now })
    expect(await at('n-1')).toBe('mine')
    await giveBack(sql, { type: 'daily', period: 5, node: 'n-2' })
    expect(await at('n-2')).toBe('held')
    await giveBack(sql, { type: 'daily', period: 5, node: 'n-1' })
    expect(await at('n-2')).toBe('mine')
    await settle(sql, { type: 'daily', period: 5, outcome: 'sent', now })
    await giveBack(sql, { type: 'daily', period: 5, node: 'n-2' })
    expect(await at('n-1')).toBe('over')
  })

  it('killed while sending: whoever runs on sends it after half an hour, the next process on a file at once', async () => {
    const { sql } = await driver.open()
    await migrate(sql)
    const began = Math.floor(Date.now() / 60_000) * 60_000
    expect(await claim(sql, { type: 'daily', period: began, node: 'dead', now: began - 10_000 })).toBe('mine')
    const sentAt: number[] = []
    let now = began
    const next = new DueReport({
      sql,
      node: 'n-2',
      type: 'daily',
      schedule: (minute) => minute === began,
      send: async () => {
        sentAt.push(now)
        return 'sent'
      },
      storeAway: (message) => {
        throw new Error(message)
      },
    })
    for (; now <= began + 40 * 60_000; now += 60_000) await next.look(now)
    expect(sentAt).toEqual([driver.name === 'sqlite' ? began : began + HALF_HOUR])
  })

  it('a report is of the accounts of every node that are not retired', async () => {
    const { sql } = await driver.open()
    await migrate(sql)
    const put = (id: string, node: string, retired: number) =>
      sql.query(
        `INSERT INTO account (id, node, phone, pool, role, priority, weight, region, retired, changed_at)
         VALUES ($1, $2, '+971505760056', 'sales', 'primary', 1, '1', 'uae', $3, 0)`,
        [id, node, retired],
      )
    await put('b-1', 'node-2', 0)
    await put('a-1', 'node-1', 0)
    await put('c-1', 'node-1', 1)
    expect(await listedAccounts(sql)).toEqual([
      { account: 'a-1', phone: '+971505760056', pool: 'sales', role: 'primary', region: 'uae' },
      { account: 'b-1', phone: '+971505760056', pool: 'sales', role: 'primary', region: 'uae' },
    ])
  })
})

// A limit by the day holds over a restart, whoever asks is told that a message waits for it, and the age of an account is kept.

import { expect, it } from 'vitest'
import { until } from '../harness/until.ts'
import { onBothDrivers } from './drivers.ts'
import { agentOn, newStore } from './outbox/stage.ts'

const HOUR_MS = 3_600_000

onBothDrivers((driver) => {
  it('what waits for the day says so, also after a restart, and goes when the day is over', async () => {
    const opened = await newStore(driver)
    const warmUp = { days: 10, firstDay: 2 }
    const rates = { accountPerMinute: null, accountPerDay: 200, poolPerMinute: null, warmUp }
    const run = () => agentOn(opened, { settings: { rates } })
    const spent = async (agent: Awaited<ReturnType<typeof run>>, id: string) => {
      await agent.path.look()
      const { what, detail, until: till } = (await agent.path.waitsFor(await agent.row(id), null)) ?? {}
      expect({ what, detail }).toEqual({ what: 'limit', detail: 'a has used outbox.account_per_day' })
      const inMs = Date.parse(till ?? '') - Date.now()
      expect([inMs > 23 * HOUR_MS, inMs <= 24 * HOUR_MS + 10 * 60_000]).toEqual([true, true])
      expect([agent.path.spent(), agent.path.days()]).toEqual([
        ['a'],
        [{ account: 'a', sent: 2, allowance: 2 }],
      ])
      expect((await agent.row(id)).state).toBe('queued')
    }

    const first = await run()
    opened.bus.emit('session.opened', { ms: 1, reconnect: false }, { account: 'a' })
    for (const to of ['+447946000001', '+447946000002']) await first.ended((await first.accept({ to })).id)
    const { id } = await first.accept({ to: '+447946000003' })
    const behind = await first.accept({ to: '+447946000003' })
    await spent(first, id)
    const age = () => opened.sql.query<{ since: number }>('SELECT since FROM account_age')
    await until('its age is written', async () => (await age()).length === 1)
    await first.stop()

    const second = await run()
    await spent(second, id)
    await second.stop()

    // All of this happened a day ago.
    await opened.sql.query('UPDATE message SET acked_at = acked_at - $1, ended_at = ended_at - $1', [
      25 * HOUR_MS,
    ])
    await opened.sql.query('UPDATE account_age SET since = since - $1', [20 * 24 * HOUR_MS])
    const third = await run()
    expect((await third.ended(id)).state).toBe('acked')
    expect((await third.ended(behind.id)).state).toBe('acked')
    expect(third.path.days()).toEqual([{ account: 'a', sent: 2, allowance: 200 }])
    expect(await third.path.waitsFor(await third.row(id), null)).toBeNull()
  })

  it('what stands behind another message names it', async () => {
    const agent = await agentOn(await newStore(driver), { route: () => 'a' })
    agent.phone().open = false
    const first = await agent.accept({ account: 'a' })
    const second = await agent.accept({ account: 'a' })
    const waits = async (id: string) => agent.path.waitsFor(await agent.row(id), null)
    expect(await waits(second.id)).toMatchObject({ what: 'message', message: first.id })
    expect(await waits(first.id)).toMatchObject({ message: null })
    expect(await agent.path.waitsFor(await agent.row(first.id), 'its session is closed')).toMatchObject({
      what: 'account',
      detail: 'a: its session is closed',
    })
  })
})

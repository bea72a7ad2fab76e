// Whatever holds the store: a node learns how the accounts of others stand, and believes nobody who has gone silent.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { applyAccounts } from '../../agent/fleet/registry.ts'
import { type OwnStanding, Standing, type StandingData } from '../../agent/fleet/standing.ts'
import { migrate } from '../../agent/store/migrations.ts'
import { until } from '../harness/until.ts'
import { type Opened, onBothDrivers } from './drivers.ts'

const well: StandingData = {
  usable: true,
  unusableBecause: null,
  linked: true,
  healthStatus: 'healthy',
  active: 3,
  spentForMs: null,
  ejectedForMs: null,
}
const listed = (id: string) => ({
  id,
  phone: `+9715000000${id.length}${id.slice(-1)}`,
  pool: 'sales',
  role: 'backup' as const,
  priority: 2,
  weight: 2.5,
  region: 'uae',
})

onBothDrivers((driver) => {
  let opened: Opened
  let now: number
  let said: OwnStanding[]
  let speaker: Standing
  let hearer: Standing
  let inserts: number
  beforeEach(async () => {
    opened = await driver.open()
    await migrate(opened.sql)
    await applyAccounts(opened.sql, opened.bus, 'node-1', [listed('uae-1'), listed('uae-2')])
    inserts = 0
    opened.bus.on('store.queried', ({ operation }) => {
      if (operation === 'insert') inserts += 1
    })
    now = 0
    said = [{ account: 'uae-1', epoch: 1, data: well }]
    speaker = new Standing({ sql: opened.sql, node: 'node-1', own: () => said, monotonic: () => now })
    hearer = new Standing({ sql: opened.sql, node: 'node-2', own: () => [], monotonic: () => now })
  })
  afterEach(() => void vi.useRealTimers())
  const writes = () => inserts
  const heard = (account = 'uae-1') => hearer.others().find((each) => each.account === account)
  const why = () => heard()?.data.unusableBecause
  /** Time passes, the speaker speaks and the hearer listens, a second at a time. */
  const pass = async (seconds: number, { speaks = true } = {}): Promise<void> => {
    for (let i = 0; i < seconds; i++) {
      now += 1_000
      // A beat is told from the one before by its time, and two of these may come in one millisecond.
      vi.useFakeTimers({ toFake: ['Date'], now: 1_763_000_000_000 + now })
      if (speaks) await speaker.publish()
      await hearer.read()
    }
  }

  describe('the standing of an account', () => {
    it('is heard with how the account is listed', async () => {
      await speaker.publish()
      await hearer.read()
      await pass(2)
      expect(heard()).toEqual({
        account: 'uae-1',
        phone: '+971500000051',
        pool: 'sales',
        role: 'backup',
        priority: 2,
        weight: 2.5,
        region: 'uae',
        node: 'node-1',
        epoch: 1,
        data: well,
      })
      expect(hearer.others('support')).toEqual([])
    })

    it('that stood there already is not believed before it changes: its node may be dead', async () => {
      await speaker.publish()
      await pass(3, { speaks: false })
      expect(why()).toBe('its node has not been heard yet')
      await pass(2)
      expect(why()).toBe(null)
    })

    it('of an account that no node holds is known to be nothing', async () => {
      await pass(1)
      expect(heard('uae-2')).toMatchObject({ node: null, data: { usable: false } })
      expect(heard('uae-2')?.data.unusableBecause).toBe('no node holds it')
    })

    it('is silent five seconds after its last change, and believed again with the next one', async () => {
      await hearer.read()
      await pass(3)
      expect(why()).toBe(null)
      await pass(5, { speaks: false })
      expect(why()).toBe(null)
      await pass(1, { speaks: false })
      expect(why()).toBe('its node is silent')
      await pass(2)
      expect(why()).toBe(null)
    })

    it('does not grow old while nobody could look: an outage of the store accuses nobody', async () => {
      await hearer.read()
      await pass(3)
      now += 60_000
      await hearer.read()
      expect(why()).toBe(null)
    })

    it('is not written again before two seconds when nothing changed, and at once when something did', async () => {
      await speaker.publish()
      const before = writes()
      now = 1_000
      await speaker.publish()
      expect(writes() - before).toBe(0)
      said = [{ account: 'uae-1', epoch: 1, data: { ...well, active: 4 } }]
      await speaker.publish()
      expect(writes() - before).toBe(1)
      now = 3_000
      await speaker.publish()
      expect(writes() - before).toBe(2)
    })

    it('is one statement for a thousand accounts', async () => {
      said = Array.from({ length: 1_000 }, (_, i) => ({ account: `a-${i}`, epoch: 1, data: well }))
      const before = writes()
      await speaker.publish()
      expect(writes() - before).toBe(1)
      const [row] = await opened.sql.query<{ n: number }>('SELECT count(*) AS n FROM standing')
      expect(Number(row?.n)).toBe(1_000)
    })

    it('of a node that has lost the account does not go over that of the new one', async () => {
      said = [{ account: 'uae-1', epoch: 2, data: well }]
      const newer = new Standing({ sql: opened.sql, node: 'node-3', own: () => said, monotonic: () => now })
      await newer.publish()
      said = [{ account: 'uae-1', epoch: 1, data: { ...well, usable: false } }]
      await speaker.publish()
      await hearer.read()
      expect(heard()).toMatchObject({ node: 'node-3', epoch: 2 })
    })

    it('that cannot be understood is no standing', async () => {
      await speaker.publish()
      await hearer.read()
      await opened.sql.query('UPDATE standing SET at = at + 1, data = \'{"usable": 1\'')
      await hearer.read()
      expect(why()).toBe('its node speaks another version')
    })

    it('comes by itself every second', async () => {
      const live = (node: string, own: OwnStanding[]) =>
        new Standing({ sql: opened.sql, node, own: () => own })
      hearer = live('node-2', [])
      const stops = [live('node-1', said), hearer].map((each) => each.start())
      await until('the hearer believes the speaker', () => why() === null, 8_000)
      await Promise.all(stops.map((stop) => stop()))
    })
  })
})

// Whatever holds the store: a notification is heard after the commit and never without one, and who unsubscribed hears nothing.

import { describe, expect, it } from 'vitest'
import { maxPayloadBytes, type Sql, StoreError } from '../../agent/store/sql.ts'
import { until } from '../harness/until.ts'
import { onBothDrivers, put, withTable } from './drivers.ts'

/** Listens, and remembers what was heard. */
async function hear(sql: Sql, channel: string) {
  const heard: (string | null)[] = []
  const stop = await sql.listen(channel, (payload) => heard.push(payload))
  return { heard, stop }
}

/** Everything that was notified before has arrived when this marker has: notifications keep their order. */
async function settled(sql: Sql): Promise<void> {
  const { heard, stop } = await hear(sql, 'marker')
  await sql.notify('marker', 'here')
  await until('the marker arrives', () => heard.length > 0)
  await stop()
}

onBothDrivers((driver) => {
  describe('a notification', () => {
    it('reaches every listener of its channel and no other, in order', async () => {
      const { sql } = await driver.open()
      const [one, two, other] = [
        await hear(sql, 'queue'),
        await hear(sql, 'queue'),
        await hear(sql, 'routes'),
      ]
      for (const payload of ['a', '', 'ü 👋', 'a']) await sql.notify('queue', payload)
      await settled(sql)
      expect(one.heard).toEqual(['a', '', 'ü 👋', 'a'])
      expect(two.heard).toEqual(one.heard)
      expect(other.heard).toEqual([])
    })

    it('of a transaction is heard after its commit, with what it wrote there to be read', async () => {
      const { sql } = await withTable(driver)
      const seen: Promise<unknown[]>[] = []
      await sql.listen('queue', () => seen.push(sql.query('SELECT id FROM t')))
      await sql.transaction(async (tx) => {
        await tx.notify('queue', 'new')
        await tx.query(put, [1, 1])
        await tx.query('SELECT id FROM t')
        expect(seen).toEqual([])
      })
      await until('it is heard', () => seen.length > 0)
      expect(await seen[0]).toEqual([{ id: 1 }])
    })

    it('of a transaction that is rolled back is never heard', async () => {
      const { sql } = await withTable(driver)
      const { heard } = await hear(sql, 'queue')
      const work = sql.transaction(async (tx) => {
        await tx.notify('queue', 'never')
        throw new Error('undone')
      })
      await expect(work).rejects.toThrow('undone')
      await sql.notify('queue', 'after')
      await settled(sql)
      expect(heard).toEqual(['after'])
    })

    it('that a transaction repeats is heard once', async () => {
      const { sql } = await driver.open()
      const { heard } = await hear(sql, 'queue')
      await sql.transaction(async (tx) => {
        for (const payload of ['x', 'y', 'x']) await tx.notify('queue', payload)
      })
      await settled(sql)
      expect(heard).toEqual(['x', 'y'])
    })

    it.each([
      ['a channel in capitals', 'Queue', ''],
      ['a channel with quotes', 'q"; DROP TABLE t; --', ''],
      ['a channel without a name', '', ''],
      ['a channel that is too long', 'q'.repeat(64), ''],
      ['a payload that is too long', 'q', 'ü'.repeat(maxPayloadBytes / 2 + 1)],
      ['a payload with a zero character', 'q', '\0'],
    ])('with %s is refused', async (_, channel, payload) => {
      const { sql } = await driver.open()
      await expect(sql.notify(channel, payload)).rejects.toThrow(StoreError)
      await expect(sql.transaction((tx) => tx.notify(channel, payload))).rejects.toThrow(StoreError)
      if (payload === '') await expect(sql.listen(channel, () => {})).rejects.toThrow(StoreError)
    })

    it('may be as long as the limit, on a channel as long as its limit', async () => {
      const { sql } = await driver.open()
      const channel = 'q'.repeat(63)
      const { heard } = await hear(sql, channel)
      await sql.notify(channel, 'x'.repeat(maxPayloadBytes))
      await settled(sql)
      expect(heard.map((payload) => payload?.length)).toEqual([maxPayloadBytes])
    })

    it('nobody listens to is no error', async () => {
      const { sql } = await driver.open()
      await sql.notify('nobody', 'hello')
    })
  })

  describe('a listener', () => {
    it('that unsubscribed hears nothing more, the others do', async () => {
      const { sql } = await driver.open()
      const [one, two] = [await hear(sql, 'queue'), await hear(sql, 'queue')]
      await one.stop()
      await one.stop()
      await sql.notify('queue', 'a')
      await settled(sql)
      expect([one.heard, two.heard]).toEqual([[], ['a']])
      await two.stop()
      const three = await hear(sql, 'queue')
      await sql.notify('queue', 'b')
      await settled(sql)
      expect([two.heard, three.heard]).toEqual([['a'], ['b']])
    })

    it('that throws is an event, and harms neither the sender nor the others', async () => {
      const { sql, events } = await driver.open()
      await sql.listen('queue', () => {
        throw new Error('clumsy')
      })
      const { heard } = await hear(sql, 'queue')
      await sql.notify('queue', 'a')
      await settled(sql)
      expect(heard).toEqual(['a'])
      expect(events.of('store.failed')).toMatchObject([{ operation: 'listen', detail: 'clumsy' }])
    })

    it('may unsubscribe, subscribe and ask the store from within', async () => {
      const { sql } = await driver.open()
      const heard: string[] = []
      const { promise, resolve } = Promise.withResolvers<void>()
      const stop = await sql.listen('queue', async () => {
        heard.push('first')
        await stop()
        await sql.listen('queue', () => heard.push('second'))
        await sql.query('SELECT 1 AS one')
        resolve()
      })
      await sql.notify('queue', 'a')
      await promise
      await sql.notify('queue', 'b')
      await settled(sql)
      expect(heard).toEqual(['first', 'second'])
    })

    it('is forgotten when the store closes', async () => {
      const { sql } = await driver.open()
      const { heard, stop } = await hear(sql, 'queue')
      await sql.close()
      await stop()
      expect(heard).toEqual([])
    })
  })
})

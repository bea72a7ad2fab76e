// Whatever holds the store: a right token from a new address is told once; the first address ever is no news, and neither is a store that is away.

import { expect, it, vi } from 'vitest'
import { Addresses } from '../../agent/admin/access/addresses.ts'
import { migrate } from '../../agent/store/migrations.ts'
import { type Driver, onBothDrivers } from './drivers.ts'

async function opened(driver: Driver) {
  const { sql, bus, events } = await driver.open()
  await migrate(sql)
  const told = () => events.of('security.noticed').map(({ who, client }) => `${who} ${client}`)
  let asked = 0
  bus.on('store.queried', () => {
    asked += 1
  })
  return { sql, bus, asked: () => asked, told, addresses: new Addresses(sql, bus) }
}

onBothDrivers((driver) => {
  it('the first is no news, another one is, once, and each token has its own', async () => {
    const { addresses, told } = await opened(driver)
    for (const [id, address] of [
      ['a', '10.0.0.1'],
      ['a', '10.0.0.1'],
      ['a', '10.0.0.2'],
      ['b', '10.0.0.2'],
      ['a', '10.0.0.2'],
      ['a', '::ffff:10.0.0.1'],
    ] as const) {
      addresses.note(id, id, address)
      await addresses.settled()
    }
    expect(told()).toEqual(['a 10.0.0.2'])
  })

  it('a hundred uses at once are one note', async () => {
    const { addresses, told, asked } = await opened(driver)
    addresses.note('a', 'a', '10.0.0.1')
    await addresses.settled()
    const before = asked()
    for (let i = 0; i < 100; i++) addresses.note('a', 'a', '10.0.0.2')
    await addresses.settled()
    expect(told()).toHaveLength(1)
    expect(asked()).toBeGreaterThan(before)
    expect(asked() - before).toBeLessThan(10)
  })

  it('is remembered over a restart', async () => {
    const { addresses, sql, bus, told } = await opened(driver)
    addresses.note('a', 'a', '10.0.0.1')
    addresses.note('a', 'a', '10.0.0.2')
    await addresses.settled()
    const again = new Addresses(sql, bus)
    const before = told().length
    for (const address of ['10.0.0.1', '10.0.0.2']) again.note('a', 'a', address)
    await again.settled()
    expect(told()).toHaveLength(before)
    again.note('a', 'a', '10.0.0.3')
    await again.settled()
    expect(told().at(-1)).toBe('a 10.0.0.3')
  })

  it('fifty are kept for a token, those that were used last', async () => {
    const { addresses, sql } = await opened(driver)
    const now = Date.now()
    for (let i = 0; i < 60; i++) {
      vi.spyOn(Date, 'now').mockReturnValue(now + i)
      addresses.note('a', 'a', `10.0.0.${i}`)
      await addresses.settled()
    }
    vi.restoreAllMocks()
    const rows = await sql.query<{ address: string }>('SELECT address FROM token_address ORDER BY seen_at')
    expect(rows.map(({ address }) => address)).toEqual(
      Array.from({ length: 50 }, (_, i) => `10.0.0.${i + 10}`),
    )
  })

  it('a store that is away keeps nobody waiting, and the next use is noted', async () => {
    const { addresses, sql, told } = await opened(driver)
    addresses.note('a', 'a', '10.0.0.1')
    await addresses.settled()
    await sql.query('ALTER TABLE token_address RENAME TO gone')
    addresses.note('a', 'a', '10.0.0.2')
    await addresses.settled()
    await sql.query('ALTER TABLE gone RENAME TO token_address')
    addresses.note('a', 'a', '10.0.0.2')
    await addresses.settled()
    expect(told()).toEqual(['a 10.0.0.2'])
  })
})

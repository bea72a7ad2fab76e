// A process that lost the account writes nothing more, and what it read before is not believed to be written.

import { beforeEach, describe, expect, it } from 'vitest'
import { Bus } from '../../../agent/events.ts'
import { takeOwnership } from '../../../agent/fleet/ownership.ts'
import { loadAuth } from '../../../agent/session/auth-state.ts'
import { FencedError } from '../../../agent/store/auth-rows.ts'
import { UnsteadySql } from '../../contracts/outbox/unsteady-sql.ts'
import { hear } from '../events/heard.ts'
import { AuthStage } from './auth-stage.ts'

const key = (fill: number) => new Uint8Array(8).fill(fill)

describe('an earlier owner', () => {
  let at: AuthStage
  beforeEach(async () => {
    at = new AuthStage()
    await at.open()
  })

  it('writes no key, no credential and removes nothing', async () => {
    await at.auth.keys.set({ session: { a: key(1) } })
    const later = await at.of('uae-1')
    await expect(at.auth.keys.set({ session: { a: key(2), b: key(2) } })).rejects.toThrow(FencedError)
    await expect(at.auth.keys.set({ session: { a: null } })).rejects.toThrow(FencedError)
    await expect(at.auth.reset()).rejects.toThrow(FencedError)
    at.pair()
    at.auth.saveCreds()
    await at.auth.flush()
    expect(await at.names()).toEqual(['session:a'])
    expect((await later.keys.get('session', ['a'])).a).toEqual(Buffer.from(key(1)))
  })

  it('is told by an event with its account and epoch, once for each refused write', async () => {
    const { bus, of } = hear()
    const earlier = await at.of('uae-2', bus)
    await at.of('uae-2', new Bus('node-2'))
    await expect(earlier.keys.set({ session: { a: key(1) } })).rejects.toThrow('owned by another process')
    expect(of('store.write-fenced')).toMatchObject([{ account: 'uae-2', epoch: 1 }])
  })

  it('reads what the store has, not what it failed to write', async () => {
    await at.auth.keys.set({ session: { a: key(1) } })
    const later = await at.of('uae-1')
    await expect(at.auth.keys.set({ session: { a: key(2) } })).rejects.toThrow(FencedError)
    await later.keys.set({ session: { a: key(3) } })
    expect((await at.auth.keys.get('session', ['a'])).a).toEqual(Buffer.from(key(3)))
  })
})

describe('the cache of keys', () => {
  it('never hides a write, however reads and writes interleave', async () => {
    const at = new AuthStage()
    await at.open()
    for (let round = 0; round < 50; round++) {
      const write = at.auth.keys.set({ session: { a: key(round) } })
      const reads = Array.from({ length: 3 }, () => at.auth.keys.get('session', ['a']))
      await Promise.all([write, ...reads])
      expect((await at.auth.keys.get('session', ['a'])).a).toEqual(Buffer.from(key(round)))
    }
  })

  it('does not believe what was read during a write of which nobody heard', async () => {
    const at = new AuthStage()
    await at.open()
    await at.auth.keys.set({ session: { a: key(1) } })
    const { cipher } = at
    const sql = new UnsteadySql(at.sql)
    const epoch = await takeOwnership(at.sql, 'uae-1', 'node-1')
    const bus = new Bus('node-1')
    const { keys } = await loadAuth({ sql, cipher, bus, account: 'uae-1', epoch })
    const read = async () => (await keys.get('session', ['a'])).a
    const transaction = at.sql.transaction.bind(at.sql)
    at.sql.transaction = async (...args) => {
      expect(await read()).toEqual(Buffer.from(key(1)))
      return transaction(...args)
    }
    sql.fault = () => 'unheard'
    await expect(keys.set({ session: { a: key(2) } })).rejects.toThrow('the store is away')
    expect(await read()).toEqual(Buffer.from(key(2)))
  })

  it('hands out values of their own: changing one changes nothing that is kept', async () => {
    const at = new AuthStage()
    await at.open()
    await at.auth.keys.set({ session: { a: key(1) } })
    const first = (await at.auth.keys.get('session', ['a'])).a as Uint8Array
    first.fill(9)
    expect((await at.auth.keys.get('session', ['a'])).a).toEqual(Buffer.from(key(1)))
  })

  it('writes the 812 pre-keys of a first login in one transaction', async () => {
    const { bus, of } = hear()
    const at = new AuthStage()
    await at.open(bus)
    const pair = { private: key(1), public: key(2) }
    const keys = Object.fromEntries(Array.from({ length: 812 }, (_, i) => [String(i + 1), pair]))
    // The first write of all makes the account's data key.
    await at.auth.keys.set({ 'sender-key': { warm: key(3) } })
    const before = of('store.queried').length
    await at.auth.keys.set({ 'pre-key': keys })
    const operations = of('store.queried')
      .slice(before)
      .map(({ operation }) => operation)
    expect(operations.filter((operation) => operation === 'commit')).toHaveLength(1)
    expect(operations.filter((operation) => operation === 'insert').length).toBeLessThan(20)
    expect(await at.names()).toHaveLength(813)
  })
})

it('an owner that lost the account does not prove it, and the later one does', async () => {
  const at = new AuthStage()
  await at.open()
  await at.auth.proveOwned()
  const later = await at.of('uae-1')
  await expect(at.auth.proveOwned()).rejects.toThrow(FencedError)
  await later.proveOwned()
})

it('writes that nobody waits for end in the order of their calls, whatever they cost', async () => {
  const at = new AuthStage()
  await at.open()
  const big = Object.fromEntries(
    Array.from({ length: 400 }, (_, i) => [`k${i}`, new Uint8Array(500).fill(1)]),
  )
  const writes = [
    at.auth.keys.set({ session: { ...big, a: new Uint8Array([1]) } }),
    at.auth.keys.set({ session: { a: new Uint8Array([2]) } }),
    at.auth.keys.set({ session: { a: null } }),
    at.auth.keys.set({ session: { a: new Uint8Array([4]) } }),
  ]
  await Promise.all(writes)
  expect((await at.auth.keys.get('session', ['a'])).a).toEqual(Buffer.from([4]))
  await at.reopen()
  expect((await at.auth.keys.get('session', ['a'])).a).toEqual(Buffer.from([4]))
})

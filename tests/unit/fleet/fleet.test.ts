// The fleet starts and stops every session, finds an account by whatever it is called, and fights for none.

import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { account, fleetStage } from './stage.ts'

beforeEach(() => vi.useFakeTimers({ now: 1_700_000_000_000 }))
afterEach(() => vi.useRealTimers())

const pass = (ms = 0) => vi.advanceTimersByTimeAsync(ms)

it('takes every account with an epoch and lets only so many connect at once', async () => {
  const { fleet, server } = await fleetStage()
  await fleet.start([account(1), account(2), account(3)])
  await pass()
  expect(server.sockets).toHaveLength(2)
  expect(fleet.connects()).toEqual({ opening: 2, waiting: 1, limit: 2 })
  server.sockets[0]?.to.open()
  await pass()
  expect(server.sockets).toHaveLength(3)
  expect(fleet.members().map(({ epoch }) => epoch)).toEqual([1, 1, 1])
  expect(fleet.accounts()).toMatchObject([
    { id: 'uae-1', pool: 'sales', role: 'primary', region: 'uae', epoch: 1, state: 'open', up: true },
    { id: 'uae-2', state: 'connecting', up: false },
    { id: 'uae-3', state: 'connecting', up: false },
  ])
})

it('finds an account by its id and by its phone, with and without the plus sign', async () => {
  const { fleet } = await fleetStage()
  await fleet.start([account(1), account(2)])
  for (const key of ['uae-2', '+971500000002', '971500000002'])
    expect(fleet.find(key)?.account.id).toBe('uae-2')
  for (const key of ['uae-9', '+uae-2', '', '97150000000', '__proto__', 'constructor'])
    expect(fleet.find(key)).toBeUndefined()
})

it('a session that was replaced is taken back once, after a while, and then left alone', async () => {
  const { fleet, server, of } = await fleetStage()
  await fleet.start([account(1)])
  await pass()
  server.last.to.open()
  server.last.drop('replaced', 440)
  expect(fleet.find('uae-1')?.session.state).toBe('replaced')
  await pass(44_000)
  expect(server.sockets).toHaveLength(1)
  await pass(1_000)
  expect(server.sockets).toHaveLength(2)
  server.last.to.open()
  server.last.drop('replaced', 440)
  await pass(50 * 60_000)
  expect(server.sockets).toHaveLength(2)
  expect(fleet.find('uae-1')?.session.state).toBe('replaced')
  expect(of('session.state-changed').at(-1)).toMatchObject({ to: 'replaced' })
})

it('what a person does to a replaced session is not undone by the taking back', async () => {
  const { fleet, server } = await fleetStage()
  await fleet.start([account(1)])
  await pass()
  server.last.to.open()
  server.last.drop('replaced', 440)
  await fleet.find('uae-1')?.session.stop()
  await pass(120_000)
  expect(fleet.find('uae-1')?.session.state).toBe('stopped')
  expect(server.sockets).toHaveLength(1)
})

it('another account is not taken back in its place', async () => {
  const { fleet, server } = await fleetStage()
  await fleet.start([account(1), account(2)])
  await pass()
  for (const socket of server.sockets) socket.to.open()
  server.sockets[1]?.drop('replaced', 440)
  await pass(45_000)
  expect(server.sockets).toHaveLength(3)
  expect(fleet.find('uae-1')?.session.state).toBe('open')
  expect(fleet.find('uae-2')?.session.state).toBe('connecting')
})

it('stop closes every socket, cancels the taking back and says how many there were', async () => {
  const { fleet, server } = await fleetStage()
  await fleet.start([account(1), account(2), account(3)])
  await pass()
  server.sockets[0]?.to.open()
  server.sockets[0]?.drop('replaced', 440)
  expect(await fleet.stop()).toBe(3)
  await pass(3_600_000)
  expect(server.alive).toEqual([])
  expect(fleet.accounts().map(({ state }) => state)).toEqual(['stopped', 'stopped', 'stopped'])
  expect(vi.getTimerCount()).toBe(0)
})

it('a store that fails while an account is taken lets nothing dial', async () => {
  const own = async (id: string) => {
    if (id === 'uae-2') throw new Error('the store could not insert: disk full')
    return 1
  }
  const { fleet, server } = await fleetStage({ own })
  await expect(fleet.start([account(1), account(2)])).rejects.toThrow('disk full')
  await pass(60_000)
  expect(server.sockets).toEqual([])
  expect(await fleet.stop()).toBe(1)
})

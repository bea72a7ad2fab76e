// Who sends what: naming an account says nothing of those that name nobody, and what stands in line for one that will not send it goes to others.

import { describe, expect, it } from 'vitest'
import type { MessageRow } from '../../agent/outbox/row.ts'
import { until } from '../harness/until.ts'
import { onBothDrivers } from './drivers.ts'
import { failed, unknown } from './outbox/phone.ts'
import { type RoutedAgent, routedAgent } from './outbox/routed.ts'

const patient = { retry: { baseMs: 60_000, capMs: 60_000, maxAttempts: 9 } }
const acked = ({ state }: MessageRow): boolean => state === 'acked'

onBothDrivers((driver) => {
  const stage = (options?: Parameters<typeof routedAgent>[1]) => routedAgent(driver, options)
  const pinOf = async ({ opened }: RoutedAgent, { conversation }: MessageRow) =>
    (await opened.sql.query('SELECT account FROM conversation WHERE id = $1', [conversation]))[0]?.account
  /** Accepts one and waits for its acknowledgement; answers who sent it. */
  const sentBy = async (agent: RoutedAgent, account: string | null = null) =>
    (await agent.when((await agent.accept({ account })).id, acked)).account

  describe('a message that names its account', () => {
    it('moves no conversation, neither at once nor after it was parked', async () => {
      const agent = await stage()
      expect([await sentBy(agent), await sentBy(agent, 'b'), await sentBy(agent)]).toEqual(['a', 'b', 'a'])
      await agent.mode('c', 'maintenance')
      const parked = await agent.accept({ account: 'c' })
      expect(parked).toMatchObject({ state: 'parked', account: 'c' })
      await agent.mode('c', 'up')
      expect(await agent.when(parked.id, acked)).toMatchObject({ account: 'c' })
      expect(await pinOf(agent, parked)).toBe('a')
    })

    it('to an account that is dead leaves the conversation to those that live', async () => {
      const agent = await stage({ away: ['b'] })
      const named = await agent.accept({ account: 'b' })
      expect(await sentBy(agent)).toBe('a')
      expect(await agent.row(named.id)).toMatchObject({ account: 'b', state: 'queued' })
    })

    it('begins nothing with an account that drains, and goes on where that has written before', async () => {
      const agent = await stage()
      const old = '+447946000077'
      await agent.when((await agent.accept({ account: 'b', to: old })).id, acked)
      await agent.mode('b', 'draining')
      const fresh = await agent.accept({ account: 'b' })
      expect(fresh).toMatchObject({ state: 'parked', account: 'b' })
      const next = await agent.accept({ account: 'b', to: old })
      expect(await agent.when(next.id, acked)).toMatchObject({ account: 'b' })
      // One decision for each, however often the routing was asked.
      expect(agent.asked.filter(({ again }) => !again).map(({ found }) => found)).toEqual([false, true])
      await agent.path.look()
      expect((await agent.row(fresh.id)).state).toBe('parked')
      await agent.mode('b', 'up')
      expect(await agent.when(fresh.id, acked)).toMatchObject({ account: 'b' })
    })
  })

  it('who is asked for again is not counted again', async () => {
    const agent = await stage({ accounts: ['a'] })
    await agent.mode('a', 'maintenance')
    const { id } = await agent.accept()
    await until('it was looked at again', async () => {
      await agent.path.look()
      return agent.asked.length >= 2
    })
    expect(agent.asked.map(({ again }) => again)).toEqual([false, ...agent.asked.slice(1).map(() => true)])
    await agent.mode('a', 'up')
    await agent.when(id, acked)
    expect(agent.asked.filter(({ found }) => found)).toHaveLength(1)
  })

  it('the region that was asked for is known for as long as a message is parked', async () => {
    const agent = await stage({ strategy: 'geo' })
    const all = ['a', 'b', 'c']
    for (const account of all) await agent.mode(account, 'maintenance')
    agent.be('c', { region: 'ksa' })
    const parked = await Promise.all(
      [1, 2, 3, 4].map((n) => agent.accept({ region: 'ksa', to: `+44794600010${n}` })),
    )
    for (const account of all) await agent.mode(account, 'up')
    for (const { id } of parked) expect(await agent.when(id, acked)).toMatchObject({ account: 'c' })
  })

  describe('maintenance', () => {
    it('gives what is in line to others, in its order, with the conversation, and says so', async () => {
      const agent = await stage({ away: ['a'] })
      const texts = ['one', 'two', 'three']
      const queued: MessageRow[] = []
      for (const text of texts) queued.push(await agent.accept({ content: { type: 'text', text } }))
      const scheduled = await agent.accept({ notBefore: Date.now() + 60_000 })
      expect(queued.map(({ account, state }) => `${account} ${state}`)).toEqual(texts.map(() => 'a queued'))
      await agent.mode('a', 'maintenance')
      expect(await sentBy(agent)).toBe('b')
      for (const { id } of queued) expect(await agent.when(id, acked)).toMatchObject({ account: 'b' })
      expect(agent.ledger.texts().slice(0, 3)).toEqual(texts)
      expect(await agent.story(queued[0]?.id as string)).toContain('queued maintenance')
      // Its own time comes first.
      expect(await agent.row(scheduled.id)).toMatchObject({ account: 'a', state: 'scheduled' })
    })

    it('one that was refused for certain goes; what may have been sent waits, and what stands behind it', async () => {
      const agent = await stage({ settings: patient })
      const other = '+447946000078'
      agent.phone('a').script(failed('nack-500'), unknown())
      const refused = await agent.accept()
      await agent.when(refused.id, ({ errors }) => errors === 1)
      const doubtful = await agent.accept({ to: other })
      await agent.when(doubtful.id, ({ state }) => state === 'unknown')
      const behind = await agent.accept({ to: other })
      const named = await agent.accept({ account: 'a', to: '+447946000079', notBefore: null })
      await agent.when(named.id, acked)
      await agent.mode('a', 'maintenance')
      const bound = await agent.accept({ account: 'a' })
      // Its next attempt is a minute away; it is due now.
      await agent.opened.sql.query('UPDATE message SET next_at = 0 WHERE id = $1', [refused.id])
      expect(await agent.when(refused.id, acked)).toMatchObject({ account: 'b' })
      expect(await agent.row(doubtful.id)).toMatchObject({ account: 'a', state: 'unknown' })
      expect(await agent.row(behind.id)).toMatchObject({ account: 'a', state: 'queued' })
      expect(await agent.row(bound.id)).toMatchObject({ account: 'a', state: 'parked' })
    })

    it('where there is nobody else, it stays in its line and goes on afterwards', async () => {
      const agent = await stage({ accounts: ['a'], away: ['a'] })
      const { id } = await agent.accept()
      await agent.mode('a', 'maintenance')
      const before = agent.asked.length
      await until('it was looked for', async () => {
        await agent.path.look()
        return agent.asked.length > before
      })
      expect(await agent.row(id)).toMatchObject({ account: 'a', state: 'queued' })
      agent.phone('a').open = true
      await agent.mode('a', 'up')
      await agent.when(id, acked)
    })
  })

  const listed = (pool: string, retired: number) =>
    `INSERT INTO account (id, node, phone, pool, role, priority, weight, region, retired, changed_at)
       VALUES ('a', 'n', '+971500000001', '${pool}', 'primary', 1, '1', '', ${retired}, 0)`

  it.each([
    ['that nobody lists any more', listed('sales', 1), 'unlisted'],
    ['that is of another pool by now', listed('support', 0), 'other-pool'],
  ])('an account %s is left in the same way', async (_, statement, why) => {
    const agent = await stage({ away: ['a'] })
    const { id } = await agent.accept()
    await agent.opened.sql.query(statement)
    expect(await agent.when(id, acked)).toMatchObject({ account: 'b' })
    expect(await agent.story(id)).toContain(`queued ${why}`)
  })

  it('of a pool that nobody is in any more, it still sends what it was given', async () => {
    const agent = await stage({ accounts: ['a'], away: ['a'] })
    const { id } = await agent.accept()
    await agent.opened.sql.query(listed('support', 0))
    const before = agent.asked.length
    await until('it was looked for', async () => {
      await agent.path.look()
      return agent.asked.length > before
    })
    agent.phone('a').open = true
    expect(await agent.when(id, acked)).toMatchObject({ account: 'a' })
  })

  describe('a day that is spent', () => {
    const perDay = (accountPerDay: number) => ({
      settings: { rates: { accountPerMinute: null, accountPerDay, poolPerMinute: null, warmUp: null } },
    })

    it('sends new conversations elsewhere, and old ones too; nobody waits while another is idle', async () => {
      const agent = await stage({ accounts: ['a', 'b'], ...perDay(3) })
      for (let n = 0; n < 3; n++) await agent.when((await agent.accept({ to: `+44794600020${n}` })).id, acked)
      await until('it is known', () => agent.path.spentUntil('a') !== null)
      expect(await agent.accept({ to: '+447946000210' })).toMatchObject({ account: 'b' })
      const old = await agent.accept({ to: '+447946000200' })
      expect(await agent.when(old.id, acked)).toMatchObject({ account: 'b' })
      expect(await pinOf(agent, old)).toBe('b')
    })

    it('of everybody: parked, and what was given to somebody waits there', async () => {
      const agent = await stage({ accounts: ['a', 'b'], ...perDay(1) })
      for (const to of ['+447946000300', '+447946000301']) {
        await agent.when((await agent.accept({ to })).id, acked)
        await until('it is known', () => agent.path.spentUntil(to.endsWith('0') ? 'a' : 'b') !== null)
      }
      expect(await agent.accept({ to: '+447946000302' })).toMatchObject({ state: 'parked', account: null })
      const old = await agent.accept({ to: '+447946000300' })
      const before = agent.asked.length
      await until('it was looked for', async () => {
        await agent.path.look()
        return agent.asked.length > before + 1
      })
      expect(await agent.row(old.id)).toMatchObject({ state: 'queued', account: 'a' })
    })
  })
})

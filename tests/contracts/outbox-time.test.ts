// What time and circumstances do to a message: schedules, expiry, parking, restrictions and forgetting, each with its true history.

import { describe, expect, it } from 'vitest'
import type { MessageRow } from '../../agent/outbox/row.ts'
import { STRANDED_MS } from '../../agent/outbox/upkeep.ts'
import { phoneWriter } from '../harness/phone-writer.ts'
import { until } from '../harness/until.ts'
import { onBothDrivers } from './drivers.ts'
import { failed } from './outbox/phone.ts'
import { agentOn, newStore, type TestAgent } from './outbox/stage.ts'

const HOUR_MS = 3_600_000

onBothDrivers((driver) => {
  const stage = async (options?: Parameters<typeof agentOn>[1]) => agentOn(await newStore(driver), options)
  const set = (agent: TestAgent, id: string, values: string) =>
    agent.opened.sql.query(`UPDATE message SET ${values} WHERE id = $1`, [id])
  const closed = async (options: Parameters<typeof agentOn>[1] = {}) => {
    const agent = await stage({ route: ({ bound }) => bound ?? 'a', ...options })
    agent.phone().open = false
    return agent
  }

  describe('expiry', () => {
    it('of what nobody tried: expired, and never sent afterwards', async () => {
      const agent = await closed()
      const { id } = await agent.accept({ expiresAt: Date.now() + 50 })
      expect(await agent.ended(id)).toMatchObject({ state: 'expired', code: 'expired' })
      expect(await agent.story(id)).toEqual(['queued', 'expired expired'])
      agent.phone().open = true
      agent.path.outbox.wakeAll()
      expect((await agent.ended((await agent.accept()).id)).state).toBe('acked')
      expect(agent.ledger.writes).toHaveLength(1)
    })

    it('of what may have been sent: unknown, and of many in one look', async () => {
      const agent = await closed()
      const all = await Promise.all(
        Array.from({ length: 450 }, (_, i) => agent.accept({ to: `+4479460${10_000 + i}` })),
      )
      const [first] = all as [MessageRow]
      await set(agent, first.id, "state = 'unknown', maybe_sent_by = 'a'")
      await agent.opened.sql.query('UPDATE message SET expires_at = 1')
      await agent.ended(all.at(-1)?.id as string)
      await until('all are over', async () => {
        const [row] = await agent.opened.sql.query<{ n: number }>(
          'SELECT count(*) AS n FROM message WHERE open = 1',
        )
        return Number(row?.n) === 0
      })
      expect((await agent.row(first.id)).state).toBe('unknown')
      expect((await agent.story(first.id)).at(-1)).toBe('unknown expired')
      await until('all were told', () => agent.opened.events.of('message.ended').length === 450)
    })

    it('of what stands as claimed and is served by nobody: unknown in the end, and not before', async () => {
      const agent = await closed()
      const { id } = await agent.accept()
      await set(
        agent,
        id,
        `state = 'claimed', epoch = 1, account = 'gone', expires_at = ${Date.now() - STRANDED_MS + HOUR_MS}`,
      )
      await agent.path.look()
      expect((await agent.row(id)).open).toBe(1)
      await set(agent, id, `expires_at = ${Date.now() - STRANDED_MS - 1}`)
      expect(await agent.ended(id)).toMatchObject({ state: 'unknown', code: 'expired' })
    })
  })

  describe('a scheduled message', () => {
    it('holds up nobody, is sent when it is due, and never beside another of its conversation', async () => {
      const agent = await stage()
      const due = await agent.accept({ notBefore: Date.now() + 400, expiresAt: Date.now() + HOUR_MS })
      expect(due).toMatchObject({ state: 'scheduled', account: 'a' })
      const later = await agent.accept()
      expect((await agent.ended(later.id)).state).toBe('acked')
      const acked = Promise.withResolvers<number>()
      agent.phone().answer = async ({ to }) => (to.startsWith('447946000002') ? 1 : acked.promise)
      const flying = await agent.accept()
      await until('a later one is on its way', () => agent.ledger.writes.length === 2)
      await agent.when(due.id, ({ state }) => state === 'queued')
      expect(Date.now()).toBeGreaterThanOrEqual(due.next_at as number)
      // It would be the first of its conversation now.
      await agent.ended((await agent.accept({ to: '+447946000002' })).id)
      expect((await agent.row(due.id)).state).toBe('queued')
      acked.resolve(1)
      expect((await agent.ended(due.id)).state).toBe('acked')
      expect((await agent.ended(flying.id)).state).toBe('acked')
      expect(await agent.story(due.id)).toEqual(['scheduled', 'queued due', 'claimed', 'acked'])
      expect(agent.ledger.overlaps).toEqual([])
    })

    it('is taken back, once', async () => {
      const agent = await stage()
      const { id } = await agent.accept({ notBefore: Date.now() + 60_000 })
      expect(await agent.path.outbox.cancel(id, { who: 'me', origin: 'test' })).toMatchObject({
        state: 'failed',
        code: 'cancelled',
        open: 0,
      })
      expect(await agent.path.outbox.cancel(id, { who: 'me', origin: 'test' })).toBeNull()
      expect(await agent.story(id)).toEqual(['scheduled', 'failed cancelled'])
    })

    it('is parked when it is due and nobody may, and waits for its account when that is away', async () => {
      const agent = await closed({ route: ({ bound }) => bound })
      const soon = { notBefore: Date.now() + 300, expiresAt: Date.now() + HOUR_MS }
      const [loose, bound] = [await agent.accept(soon), await agent.accept({ ...soon, account: 'a' })]
      await agent.when(loose.id, ({ state }) => state === 'parked')
      expect(await agent.story(loose.id)).toEqual(['scheduled', 'parked due'])
      await agent.when(bound.id, ({ state, account }) => state === 'queued' && account === 'a')
    })
  })

  describe('parked', () => {
    it('a message that names its account keeps it, and goes to nobody else', async () => {
      const agent = await stage({ accounts: ['a', 'b'] })
      agent.phone('a').open = false
      const { id } = await agent.accept({ account: 'a' })
      expect(await agent.row(id)).toMatchObject({ state: 'parked', account: 'a', bound: 1 })
      await agent.path.look()
      expect((await agent.row(id)).state).toBe('parked')
      agent.phone('a').open = true
      expect(await agent.ended(id)).toMatchObject({ state: 'acked', account: 'a' })
      expect(agent.ledger.writes).toMatchObject([{ account: 'a' }])
    })

    it('thousands of one pool keep nobody of another waiting, and all go when somebody may', async () => {
      let open = false
      const agent = await stage({
        accounts: ['a', 'b'],
        settings: { limit: 10_000 },
        route: ({ pool }) => (pool === 'bank' ? (open ? 'b' : null) : open ? 'a' : null),
      })
      const many = await Promise.all(
        Array.from({ length: 1_500 }, (_, i) => agent.accept({ to: `+4479460${10_000 + i}` })),
      )
      const theirs = await agent.accept({ pool: 'bank' })
      await agent.path.look()
      open = true
      expect((await agent.ended(theirs.id)).account).toBe('b')
      await until(
        'all are sent',
        async () => {
          await agent.path.look()
          return agent.ledger.writes.length === many.length + 1
        },
        25_000,
      )
      expect(new Set(agent.ledger.writes.map(({ messageId }) => messageId)).size).toBe(many.length + 1)
    })

    it('463 moves it, and it never goes back to that account', async () => {
      const agent = await stage({ accounts: ['a', 'b'] })
      agent.phone('a').script(failed('nack-463'))
      agent.phone('b').script(failed('nack-463'))
      const { id } = await agent.accept()
      await agent.when(id, (row) => row.refused_by === 'a b')
      for (let i = 0; i < 3; i++) await agent.path.look()
      expect(await agent.row(id)).toMatchObject({ state: 'parked', account: null, possible_duplicate: 0 })
      expect(agent.ledger.writes.map(({ account }) => account)).toEqual(['a', 'b'])
      expect(await agent.story(id)).toEqual([
        'queued',
        'claimed',
        'parked nack-463',
        'queued unparked',
        'claimed',
        'parked nack-463',
      ])
    })

    it('463 for a message that names its account is its end', async () => {
      const agent = await stage({ accounts: ['a', 'b'] })
      agent.phone('a').script(failed('nack-463'))
      const { id } = await agent.accept({ account: 'a' })
      expect(await agent.ended(id)).toMatchObject({ state: 'failed', code: 'nack-463', account: 'a' })
    })
  })

  it('forgets what ended long ago, and never what is open', async () => {
    const opened = await newStore(driver)
    const agent = await agentOn(opened, { settings: { keepMs: HOUR_MS } })
    const [old, young] = [await agent.accept({ key: 'k' }), await agent.accept()]
    for (const { id } of [old, young]) await agent.ended(id)
    agent.phone().open = false
    const waiting = await agent.accept({ notBefore: Date.now() + HOUR_MS })
    await set(agent, old.id, `ended_at = ${Date.now() - HOUR_MS - 1}`)
    await set(agent, waiting.id, 'accepted_at = 1')
    await agent.path.inbound.keep('a', {
      messageId: 'I1',
      ...phoneWriter('447946000001'),
      text: 'x',
      kind: 'text',
      refersTo: null,
      atMs: 1,
      offline: false,
    })
    await opened.sql.query('UPDATE inbound SET received_at = 1')
    await agent.stop()
    const next = await agentOn(opened, { settings: { keepMs: HOUR_MS } })
    const left = () => opened.sql.query<{ id: string }>('SELECT id FROM message ORDER BY id')
    await until('the old one is forgotten', async () => (await left()).length === 2)
    expect(await left()).toEqual([{ id: young.id }, { id: waiting.id }])
    await until(
      'so is what came in',
      async () => (await opened.sql.query('SELECT id FROM inbound')).length === 0,
    )
    expect((await next.accept({ key: 'k' })).id).not.toBe(old.id)
  })
})

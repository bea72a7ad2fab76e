// What time and circumstances do to a message: schedules, expiry, parking, grace, restrictions and forgetting, each with its true history.

import { describe, expect, it } from 'vitest'
import type { MessageRow } from '../../agent/outbox/row.ts'
import { STRANDED_MS } from '../../agent/outbox/upkeep.ts'
import { until } from '../harness/until.ts'
import { onBothDrivers } from './drivers.ts'
import { failed, unknown } from './outbox/phone.ts'
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
      agent.phone().answer = () => acked.promise
      const flying = await agent.accept()
      await until('a later one is on its way', () => agent.ledger.writes.length === 2)
      await agent.when(due.id, ({ state }) => state === 'queued')
      expect(Date.now()).toBeGreaterThanOrEqual(due.next_at as number)
      // It would be the first of its conversation now.
      for (let i = 0; i < 3; i++) await agent.path.look()
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
      expect(await agent.path.outbox.cancel(id, { who: 'me' })).toMatchObject({
        state: 'failed',
        code: 'cancelled',
        open: 0,
      })
      expect(await agent.path.outbox.cancel(id, { who: 'me' })).toBeNull()
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

  describe('what a failed account may have sent', () => {
    /** As a failover leaves it: another account, unknown, and a time of grace. */
    const moved = async (unsure: 'resend' | 'hold', graceMs: number) => {
      const agent = await closed({ accounts: ['a', 'b'], settings: { unsure } })
      const { id, wa_id } = await agent.accept()
      const next = Date.now() + graceMs
      await set(
        agent,
        id,
        `account = 'b', state = 'unknown', maybe_sent_by = 'a', attempts = 1, next_at = ${next}`,
      )
      return { agent, id, wa_id, next }
    }

    it('resend: after the time of grace, under its id, marked', async () => {
      const { agent, id, wa_id, next } = await moved('resend', 300)
      expect(await agent.ended(id)).toMatchObject({ state: 'acked', account: 'b', possible_duplicate: 1 })
      expect(agent.ledger.writes).toMatchObject([{ messageId: wa_id, account: 'b' }])
      expect(Date.now()).toBeGreaterThanOrEqual(next)
    })

    it('an acknowledgement in the time of grace: nothing is sent, and it says who sent it', async () => {
      const { agent, id, wa_id } = await moved('resend', HOUR_MS)
      agent.opened.bus.emit('message.ack-late', { messageId: wa_id, ms: 1 }, { account: 'a' })
      expect(await agent.ended(id)).toMatchObject({ state: 'acked', account: 'a', possible_duplicate: 0 })
      expect(agent.ledger.writes).toEqual([])
    })

    it('hold: left to a person; what stands behind it goes on; a person sends it, marked', async () => {
      const { agent, id } = await moved('hold', 50)
      const behind = await agent.accept({ account: 'b' })
      expect(await agent.ended(id)).toMatchObject({ state: 'unknown', code: 'held', possible_duplicate: 0 })
      expect((await agent.ended(behind.id)).state).toBe('acked')
      expect(agent.ledger.writes).toHaveLength(1)
      await agent.path.outbox.resend(id, { who: 'me', expiresAt: Date.now() + HOUR_MS })
      expect(await agent.ended(id)).toMatchObject({ state: 'acked', account: 'b', possible_duplicate: 1 })
      expect((await agent.story(id)).slice(1)).toEqual(['unknown held', 'unknown resent', 'claimed', 'acked'])
    })

    it('hold: a person’s word holds also where nobody may send it at first', async () => {
      const agent = await closed({ settings: { unsure: 'hold' }, accounts: ['a', 'b'] })
      const { id } = await agent.accept()
      await set(agent, id, "account = NULL, state = 'unknown', open = 0, ended_at = 1, maybe_sent_by = 'a'")
      await agent.path.outbox.resend(id, { who: 'me', expiresAt: Date.now() + HOUR_MS })
      expect((await agent.story(id)).at(-1)).toBe('parked resent')
      agent.phone('a').open = true
      expect(await agent.ended(id)).toMatchObject({ state: 'acked', possible_duplicate: 1 })
    })
  })

  it('a person has one tried again that may have been sent: its next end does not say that it never was', async () => {
    const agent = await stage()
    agent.phone().script(unknown(), failed('nack-479'))
    const { id } = await agent.accept()
    expect((await agent.ended(id)).state).toBe('unknown')
    agent.phone().open = false
    await agent.path.outbox.resend(id, { who: 'me', expiresAt: Date.now() + 50 })
    expect(await agent.ended(id)).toMatchObject({ state: 'unknown', code: 'expired', possible_duplicate: 0 })
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
      from: '447946000001',
      text: 'x',
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

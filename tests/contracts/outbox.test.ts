// Accepted means committed, once for each key, and what becomes of a message is what the server said, whoever says it and whenever.

import { describe, expect, it } from 'vitest'
import { OutboxFullError } from '../../agent/outbox/outbox.ts'
import { StoreError } from '../../agent/store/sql.ts'
import { until } from '../harness/until.ts'
import { onBothDrivers } from './drivers.ts'
import { failed, unknown } from './outbox/phone.ts'
import { agentOn, draft, newStore } from './outbox/stage.ts'

onBothDrivers((driver) => {
  const stage = async (options?: Parameters<typeof agentOn>[1]) => agentOn(await newStore(driver), options)
  const away = { accounts: [] as string[] }
  const rows = (agent: Awaited<ReturnType<typeof stage>>) => agent.opened.sql.query('SELECT id FROM message')

  describe('accepting', () => {
    it('is the commit: a store that fails in it has accepted nothing, and the next one is taken', async () => {
      const agent = await stage(away)
      agent.sql.fault = () => 'commit'
      const all = await Promise.allSettled(Array.from({ length: 5 }, () => agent.accept()))
      for (const outcome of all) expect(outcome).toMatchObject({ reason: expect.any(StoreError) })
      expect(await rows(agent)).toEqual([])
      expect(agent.path.outbox.size.total).toBe(0)
      agent.sql.fault = () => 'none'
      expect((await agent.accept()).state).toBe('parked')
    })

    it('a commit that nobody heard of: the same key finds the message', async () => {
      const agent = await stage(away)
      agent.sql.fault = () => 'unheard'
      await expect(agent.accept({ key: 'k', body: 'b' })).rejects.toThrow(StoreError)
      agent.sql.fault = () => 'none'
      const { kind } = await agent.path.outbox.accept(draft({ key: 'k', body: 'b' }))
      expect(kind).toBe('repeated')
      expect(await rows(agent)).toHaveLength(1)
    })

    it('one message for a key, however many ask at once, here and on another agent', async () => {
      const url = await driver.url()
      const first = await agentOn(await newStore(driver, url))
      // A file has one process; there two message paths share it.
      const other = await agentOn(driver.name === 'postgres' ? await driver.open(url) : first.opened, {
        accounts: ['b'],
        ledger: first.ledger,
      })
      const ask = (i: number) =>
        (i % 2 ? first : other).path.outbox.accept(
          draft({ key: 'k', body: 'same', content: { type: 'text', text: 'same' } }),
        )
      const answers = await Promise.all(Array.from({ length: 40 }, (_, i) => ask(i)))
      expect(new Set(answers.map(({ row }) => row.id)).size).toBe(1)
      expect(answers.filter(({ kind }) => kind === 'created')).toHaveLength(1)
      await first.ended(answers[0]?.row.id as string)
      expect(first.ledger.texts()).toEqual(['same'])
    })

    it('another body under the key is refused, another caller is somebody else', async () => {
      const { path } = await stage(away)
      const { row } = await path.outbox.accept(draft({ key: 'k', body: 'one' }))
      expect(await path.outbox.accept(draft({ key: 'k', body: 'two', to: '+447946000002' }))).toMatchObject({
        kind: 'key-taken',
        row: { id: row.id },
      })
      const theirs = await path.outbox.accept(draft({ key: 'k', body: 'two', caller: 'bank' }))
      expect(theirs.kind).toBe('created')
      const kinds = await Promise.all(
        ['x', 'y', 'x', 'y'].map((body) => path.outbox.accept(draft({ key: 'l', body }))),
      )
      expect(kinds.map(({ kind }) => kind)).toEqual(['created', 'key-taken', 'repeated', 'key-taken'])
    })

    it('many at once keep their places in their conversations', async () => {
      const agent = await stage(away)
      const all = await Promise.all(
        Array.from({ length: 300 }, (_, i) => agent.accept({ to: `+44794600000${i % 7}` })),
      )
      for (let to = 0; to < 7; to++) {
        const seqs = all.filter((_, i) => i % 7 === to).map(({ seq }) => seq)
        expect(seqs).toEqual(seqs.map((_, i) => i + 1))
      }
    })
  })

  describe('the limit', () => {
    const limited = { ...away, settings: { limit: 5 } }
    const flood = async (agent: Awaited<ReturnType<typeof stage>>) => {
      const all = await Promise.allSettled(Array.from({ length: 20 }, () => agent.accept()))
      for (const outcome of all)
        if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(OutboxFullError)
      return all.filter(({ status }) => status === 'fulfilled').length
    }

    it('holds for many at once, after failures, and from the first moment of the next run', async () => {
      const opened = await newStore(driver)
      const agent = await agentOn(opened, limited)
      agent.sql.fault = () => 'commit'
      await Promise.allSettled(Array.from({ length: 5 }, () => agent.accept()))
      agent.sql.fault = () => 'none'
      expect(await flood(agent)).toBe(5)
      await agent.stop()
      const next = await agentOn(opened, { ...limited, start: false })
      expect(await flood(next)).toBe(0)
      expect(await rows(next)).toHaveLength(5)
    })

    it('counts every end once, and a repeated key takes no room', async () => {
      const agent = await stage(limited)
      const { row } = await agent.path.outbox.accept(draft({ key: 'k', body: 'b' }))
      expect(await flood(agent)).toBe(4)
      expect((await agent.path.outbox.accept(draft({ key: 'k', body: 'b' }))).kind).toBe('repeated')
      await agent.path.outbox.cancel(row.id, { who: 'me', origin: 'test' })
      expect(agent.path.outbox.size.total).toBe(4)
      // A receipt for it frees no second place.
      agent.opened.bus.emit('message.delivered', { messageId: row.wa_id, ms: 1 }, { account: 'a' })
      await agent.when(row.id, ({ state }) => state === 'delivered')
      await until('the count is told', () => agent.path.outbox.unwritten === 0)
      expect(agent.path.outbox.size.total).toBe(4)
      expect(await flood(agent)).toBe(1)
    })
  })

  describe('what the server says', () => {
    const say = (agent: Awaited<ReturnType<typeof stage>>, what: 'delivered' | 'read', messageId: string) =>
      agent.opened.bus.emit(`message.${what}`, { messageId, ms: 1 }, { account: 'a' })

    it('a receipt before the acknowledgement: delivered, and it stays so', async () => {
      const agent = await stage()
      const acked = Promise.withResolvers<number>()
      agent.phone().answer = () => acked.promise
      const { id, wa_id } = await agent.accept()
      await until('it is written', () => agent.ledger.writes.length === 1)
      say(agent, 'read', wa_id)
      say(agent, 'delivered', wa_id)
      await agent.when(id, ({ state }) => state === 'read')
      acked.resolve(5)
      await until('the pump is done', () => agent.path.outbox.inFlight('a') === 0)
      expect(await agent.row(id)).toMatchObject({ state: 'read', open: 0, acked_at: expect.any(Number) })
      expect(await agent.story(id)).toEqual(['queued', 'claimed', 'read'])
    })

    it('an acknowledgement after unknown ends it, and nothing is sent again; repeats change nothing', async () => {
      const agent = await stage({ settings: { retry: { baseMs: 60_000, capMs: 60_000, maxAttempts: 3 } } })
      agent.phone().script(unknown())
      const { id, wa_id } = await agent.accept()
      await agent.when(id, ({ state }) => state === 'unknown')
      for (let i = 0; i < 3; i++)
        agent.opened.bus.emit('message.ack-late', { messageId: wa_id, ms: 1 }, { account: 'a' })
      await agent.ended(id)
      say(agent, 'delivered', wa_id)
      say(agent, 'delivered', wa_id)
      say(agent, 'read', wa_id)
      await agent.when(id, ({ state }) => state === 'read')
      await until('all is written', () => agent.path.outbox.unwritten === 0)
      expect(await agent.story(id)).toEqual([
        'queued',
        'claimed',
        'unknown ack-timeout',
        'acked',
        'delivered',
        'read',
      ])
      expect(agent.ledger.writes).toHaveLength(1)
    })

    it('an acknowledgement after its expiry counts', async () => {
      const agent = await stage({ settings: { retry: { baseMs: 60_000, capMs: 60_000, maxAttempts: 3 } } })
      agent.phone().script(unknown())
      const { id, wa_id } = await agent.accept({ expiresAt: Date.now() + 150 })
      expect(await agent.ended(id)).toMatchObject({ state: 'unknown', code: 'expired' })
      agent.opened.bus.emit('message.ack-late', { messageId: wa_id, ms: 1 }, { account: 'a' })
      expect(await agent.when(id, ({ state }) => state === 'acked')).toMatchObject({ code: null })
    })

    it('an id that no store can hold stops nothing', async () => {
      const agent = await stage()
      say(agent, 'delivered', 'bad\0id')
      say(agent, 'delivered', '')
      expect((await agent.ended((await agent.accept()).id)).state).toBe('acked')
    })
  })

  describe('a message that fails', () => {
    it('is tried as often as errors are allowed; what nobody knows and what was not tried is no error', async () => {
      const agent = await stage()
      agent
        .phone()
        .script(unknown(), unknown(), unknown(), failed('not-open'), failed('nack-500'), failed('nack-503'))
      const { id } = await agent.accept()
      expect(await agent.ended(id)).toMatchObject({ state: 'acked', attempts: 7, errors: 2 })
    })

    it('poison ends with its reason, and what stands behind it goes on', async () => {
      const agent = await stage()
      agent.phone().answer = async ({ text }) => {
        if (text === 'poison') throw failed('encryption-failed')
        return 1
      }
      const [poison, next] = await Promise.all([
        agent.accept({ content: { type: 'text', text: 'poison' } }),
        agent.accept(),
      ])
      expect(await agent.ended(poison?.id as string)).toMatchObject({
        state: 'failed',
        code: 'encryption-failed',
        attempts: 3,
      })
      expect(await agent.ended(next?.id as string)).toMatchObject({ state: 'acked' })
      const [ended] = agent.opened.events.of('message.ended')
      expect(ended).toMatchObject({ message: poison?.id, code: 'encryption-failed', attempts: 3 })
    })

    it('after an attempt that nobody knows the outcome of ends as unknown, not as failed', async () => {
      const agent = await stage()
      agent.phone().script(unknown(), failed('nack-479'))
      const { id } = await agent.accept()
      expect(await agent.ended(id)).toMatchObject({ state: 'unknown', code: 'nack-479' })
      expect((await agent.story(id)).at(-1)).toBe('unknown nack-479')
    })

    it('what a sender throws that is no SendError may have been sent: repeated under its id', async () => {
      const agent = await stage()
      agent.phone().script(new TypeError('a mistake of ours'))
      const { id } = await agent.accept()
      expect((await agent.ended(id)).state).toBe('acked')
      expect(await agent.story(id)).toContain('unknown connection-closed')
      expect(new Set(agent.ledger.writes.map(({ messageId }) => messageId)).size).toBe(1)
    })
  })
})

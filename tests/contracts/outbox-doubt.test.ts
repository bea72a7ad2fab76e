// Where a message is in doubt: late words of the server, a message that ends its connection, a stop in the middle, and a person's word.

import { describe, expect, it } from 'vitest'
import type { Notice } from '../../agent/webhooks/notice.ts'
import type { WebhookQueue } from '../../agent/webhooks/port.ts'
import { until } from '../harness/until.ts'
import { onBothDrivers } from './drivers.ts'
import { failed, unknown } from './outbox/phone.ts'
import { agentOn, newStore, type TestAgent } from './outbox/stage.ts'

const HOUR_MS = 3_600_000
const slow = { settings: { retry: { baseMs: HOUR_MS, capMs: HOUR_MS, maxAttempts: 3 } } }

onBothDrivers((driver) => {
  const stage = async (options?: Parameters<typeof agentOn>[1]) => agentOn(await newStore(driver), options)

  describe('a refusal that comes when its sender was told unknown', () => {
    const refused = async (code: 'nack-479' | 'nack-463', options: Parameters<typeof agentOn>[1] = {}) => {
      const agent = await stage({ ...slow, ...options })
      agent.phone('a').script(unknown())
      const { id, wa_id } = await agent.accept()
      await agent.when(id, ({ state }) => state === 'unknown')
      agent.opened.bus.emit('message.refused-late', { messageId: wa_id, code, ms: 1 }, { account: 'a' })
      return { agent, id }
    }

    it('is its end: failed, told, and never acknowledged', async () => {
      const { agent, id } = await refused('nack-479')
      expect(await agent.ended(id)).toMatchObject({ state: 'failed', code: 'nack-479', acked_at: null })
      expect(await agent.story(id)).toEqual(['queued', 'claimed', 'unknown ack-timeout', 'failed nack-479'])
      await until('it is told', () => agent.opened.events.of('message.ended').length === 1)
    })

    it('by a restriction: another account sends it, and that is no duplicate', async () => {
      const { agent, id } = await refused('nack-463', { accounts: ['a', 'b'] })
      expect(await agent.ended(id)).toMatchObject({
        state: 'acked',
        account: 'b',
        refused_by: 'a',
        possible_duplicate: 0,
      })
    })

    it('in time, after an attempt without an answer: another account waits for the time of grace', async () => {
      const agent = await stage({ accounts: ['a', 'b'], settings: { graceMs: HOUR_MS } })
      agent.phone('a').script(unknown(), failed('nack-463'))
      const { id } = await agent.accept()
      const row = await agent.when(id, ({ state }) => state === 'parked')
      expect(row.next_at).toBeGreaterThan(Date.now() + HOUR_MS / 2)
      await agent.opened.sql.query('UPDATE message SET next_at = 1')
      expect(await agent.ended(id)).toMatchObject({ account: 'b', state: 'acked', possible_duplicate: 1 })
    })

    it('says nothing of a message that is not in doubt', async () => {
      const agent = await stage()
      const { id, wa_id } = await agent.accept()
      await agent.ended(id)
      const late = { messageId: wa_id, code: 'nack-479', ms: 1 } as const
      agent.opened.bus.emit('message.refused-late', late, { account: 'a' })
      await until('it is written', () => agent.path.outbox.unwritten === 0)
      expect((await agent.row(id)).state).toBe('acked')
    })
  })

  it('a message whose sending ends the connection goes alone in time, is given up, and the others arrive', async () => {
    const agent = await stage()
    let flying = 0
    const together: number[] = []
    agent.phone().answer = async ({ text }) => {
      flying += 1
      if (text === 'poison') together.push(flying)
      await new Promise((resolve) => setImmediate(resolve))
      flying -= 1
      if (text === 'poison') throw unknown('connection-closed')
      return 1
    }
    const poison = await agent.accept({ content: { type: 'text', text: 'poison' } })
    const behind = await agent.accept()
    const others: Promise<unknown>[] = []
    const row = await agent.when(poison.id, ({ open }) => {
      // Company all the time: without it being sent alone nobody could say which of them it was.
      others.push(agent.accept({ to: `+4479461${10_000 + others.length}` }))
      return open === 0
    })
    // Or the last of them would still be on its way when the store is closed.
    await Promise.all(others)
    expect(row).toMatchObject({ state: 'unknown', code: 'poison', errors: 3 })
    expect(together.slice(-3)).toEqual([1, 1, 1])
    expect((await agent.ended(behind.id)).state).toBe('acked')
  })

  it('devices that nobody answers for: it was never written, and goes when they are answered', async () => {
    const agent = await stage()
    agent.phone().script(...Array.from({ length: 6 }, () => failed('query-unanswered')))
    expect(await agent.ended((await agent.accept()).id)).toMatchObject({
      state: 'acked',
      attempts: 7,
      errors: 0,
    })
  })

  it('what the server says while the agent stops is written', async () => {
    const agent = await stage()
    const { id, wa_id } = await agent.accept()
    await agent.ended(id)
    await agent.path.stop(100)
    agent.opened.bus.emit('message.read', { messageId: wa_id, ms: 1 }, { account: 'a' })
    await agent.path.close()
    expect((await agent.row(id)).state).toBe('read')
  })

  it('webhooks hear of a message that is parked when it is due', async () => {
    const notices: Notice[] = []
    const webhooks: WebhookQueue = {
      prepare: async (all) => {
        notices.push(...all)
        return []
      },
      insert: async () => {},
      wake: () => {},
    }
    const agent = await stage({ webhooks, route: () => null })
    const { id } = await agent.accept({ notBefore: Date.now() + 50 })
    await agent.when(id, ({ state }) => state === 'parked')
    expect(notices).toMatchObject([{ type: 'message.state', data: { id, state: 'parked' } }])
    expect(notices).toHaveLength(1)
  })

  describe('a person has a message sent again', () => {
    const again = async (agent: TestAgent, id: string) => {
      const by = { who: 'me', origin: 'test', expiresAt: Date.now() + HOUR_MS }
      return agent.path.outbox.resend(id, by)
    }
    const cancelled = async (because: string, account: string | null = null) => {
      const agent = await stage({ accounts: ['a', 'b'], start: false })
      const { id } = await agent.accept({ account })
      await agent.path.outbox.cancel(id, { who: 'me', origin: 'test' })
      await agent.opened.sql.query(because)
      agent.phone('a').open = false
      return { agent, id }
    }
    const mode = (name: string) =>
      `INSERT INTO account_mode (account, mode, why, since, failovers, blocked_until, returned_at)
       VALUES ('a', '${name}', '', 1, 0, 0, 0)`
    const unlisted = `INSERT INTO account (id, node, phone, pool, role, priority, weight, region, retired, changed_at)
      VALUES ('a', 'n', '+971500000001', 'sales', 'primary', 1, '1', 'uae', 1, 1)`

    it.each([
      ['out', mode('out')],
      ['in maintenance', mode('maintenance')],
      ['listed by nobody', unlisted],
    ])('whose account is %s: another one sends it', async (_, because) => {
      const { agent, id } = await cancelled(because)
      expect(await again(agent, id)).toMatchObject({ state: 'parked', account: null, open: 1 })
      await agent.path.start([...agent.phones.values()])
      expect(await agent.ended(id)).toMatchObject({ state: 'acked', account: 'b' })
    })

    it('whose account was named: it waits for that one', async () => {
      const { agent, id } = await cancelled(mode('out'), 'a')
      expect(await again(agent, id)).toMatchObject({ account: 'a', open: 1 })
    })

    it('whose account only reconnects: it keeps it', async () => {
      const { agent, id } = await cancelled(mode('draining'))
      expect(await again(agent, id)).toMatchObject({ state: 'queued', account: 'a' })
    })
  })
})

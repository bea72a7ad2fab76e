// What may have been sent already: held or sent again as the operator decided, marked, and never called certainly unsent.

import { describe, expect, it } from 'vitest'
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
      await agent.path.outbox.resend(id, { who: 'me', origin: 'test', expiresAt: Date.now() + HOUR_MS })
      expect(await agent.ended(id)).toMatchObject({ state: 'acked', account: 'b', possible_duplicate: 1 })
      expect((await agent.story(id)).slice(1)).toEqual(['unknown held', 'unknown resent', 'claimed', 'acked'])
    })

    it('hold: a person’s word holds also where nobody may send it at first', async () => {
      const agent = await closed({ settings: { unsure: 'hold' }, accounts: ['a', 'b'] })
      const { id } = await agent.accept()
      await set(agent, id, "account = NULL, state = 'unknown', open = 0, ended_at = 1, maybe_sent_by = 'a'")
      await agent.path.outbox.resend(id, { who: 'me', origin: 'test', expiresAt: Date.now() + HOUR_MS })
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
    // Over already, so that no look that is under way can claim it.
    await agent.path.outbox.resend(id, { who: 'me', origin: 'test', expiresAt: Date.now() - 1 })
    expect(await agent.ended(id)).toMatchObject({ state: 'unknown', code: 'expired', possible_duplicate: 0 })
  })
})

// Whatever fails, dies and is repeated: messages of a conversation are first written in the order of acceptance, one at a time, each under one id.

import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { takeOwnership } from '../../agent/fleet/ownership.ts'
import type { MessageRow } from '../../agent/outbox/row.ts'
import { draws } from '../harness/draws.ts'
import { until } from '../harness/until.ts'
import { onBothDrivers } from './drivers.ts'
import { failed, Ledger, unknown } from './outbox/phone.ts'
import { agentOn, newStore, type TestAgent } from './outbox/stage.ts'
import type { Fault } from './outbox/unsteady-sql.ts'

interface Plan {
  messages: number
  conversations: number
  accounts: number
  inFlight: number
  /** Of transactions that fail, in per cent. */
  storeFails: number
  /** Of sends that fail, in per cent. */
  sendFails: number
  deaths: number
  seed: number
}

const plans: fc.Arbitrary<Plan> = fc.record({
  messages: fc.integer({ min: 10, max: 60 }),
  conversations: fc.integer({ min: 1, max: 8 }),
  accounts: fc.integer({ min: 1, max: 3 }),
  inFlight: fc.integer({ min: 1, max: 16 }),
  storeFails: fc.integer({ min: 0, max: 25 }),
  sendFails: fc.integer({ min: 0, max: 50 }),
  deaths: fc.integer({ min: 0, max: 3 }),
  seed: fc.integer(),
})

const faults: Fault[] = ['before', 'commit', 'unheard']
const errors = [
  failed('nack-500'),
  failed('query-unanswered'),
  failed('not-open'),
  failed('nack-463'),
  unknown(),
  unknown('connection-closed'),
  unknown(),
]

onBothDrivers((driver) => {
  /** Runs the plan to its end; answers what was accepted and what was written. */
  async function run(plan: Plan) {
    const random = draws(plan.seed)
    const one = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
    const opened = await newStore(driver)
    const ledger = new Ledger()
    const accounts = Array.from({ length: plan.accounts }, (_, i) => `a-${i}`)
    let steady = false
    const start = async (): Promise<TestAgent> => {
      const { inFlight } = plan
      const agent = await agentOn(opened, {
        accounts,
        ledger,
        settings: { inFlight, retry: { baseMs: 5, capMs: 20, maxAttempts: 50 } },
      })
      agent.sql.fault = () => (!steady && random() * 100 < plan.storeFails ? one(faults) : 'none')
      for (const phone of agent.phones.values())
        phone.answer = async () => {
          await sleep(random() * 4)
          // Where all of them are restricted, somebody has to be left.
          if (!steady && random() * 100 < plan.sendFails) throw one(errors)
          return 1
        }
      return agent
    }
    let agent = await start()
    const accepted: MessageRow[] = []
    for (let i = 0; i < plan.messages; i++) {
      const to = `+44794600${1000 + Math.floor(random() * plan.conversations)}`
      // Who hears of no commit asks again under the same key.
      const key = `k${i}`
      const content = { type: 'text' as const, text: key }
      accepted.push(
        await until('accepted', () => agent.accept({ to, key, body: key, content }).catch(() => null)),
      )
      if (random() * plan.messages < plan.deaths) {
        await agent.die()
        agent = await start()
      }
    }
    steady = true
    let waiting: MessageRow[] = []
    const left = async (): Promise<number> => {
      await agent.path.look()
      agent.path.outbox.wakeAll()
      // Refused by everybody: a person may have them tried again.
      await opened.sql.query("UPDATE message SET refused_by = '' WHERE state = 'parked'")
      waiting = await opened.sql.query<MessageRow>('SELECT * FROM message WHERE open = 1 ORDER BY seq')
      return waiting.length
    }
    const shown = (): string => JSON.stringify(waiting.map((row) => ({ ...row, payload: undefined })))
    await until(
      () => `all have ended, at ${Date.now()}; waiting: ${shown()}`,
      async () => (await left()) === 0,
      20_000,
    )
    const rows = await opened.sql.query<MessageRow>('SELECT * FROM message ORDER BY seq')
    await agent.stop()
    return { accepted, rows, ledger }
  }

  it('holds for random plans', async () => {
    const property = fc.asyncProperty(plans, async (plan) => {
      const { accepted, rows, ledger } = await run(plan)
      expect(rows.map(({ id }) => id).sort()).toEqual(accepted.map(({ id }) => id).sort())
      expect(rows.filter(({ state }) => state !== 'acked')).toEqual([])
      const byWaId = new Map(ledger.writes.map(({ messageId, text }) => [messageId, text]))
      expect(byWaId.size).toBe(accepted.length)
      expect(new Set(byWaId.values()).size).toBe(accepted.length)
      expect(ledger.overlaps).toEqual([])
      for (const conversation of new Set(rows.map((row) => row.conversation))) {
        const inOrder = rows.filter((row) => row.conversation === conversation).map(({ wa_id }) => wa_id)
        const to = ledger.writes.find(({ messageId }) => messageId === inOrder[0])?.to ?? ''
        expect([
          ...new Set(ledger.writes.filter((w) => w.to === to).map(({ messageId }) => messageId)),
        ]).toEqual(inOrder)
      }
    })
    await fc.assert(property, {
      numRuns: driver.name === 'sqlite' ? 9 : 5,
      seed: 20_261_121,
      endOnFailure: true,
    })
  }, 120_000)

  it('holds while the account passes from agent to agent under load', async () => {
    const url = await driver.url()
    const ledger = new Ledger()
    const first = await agentOn(await newStore(driver, url), { ledger })
    const agents = [first]
    const inTime = async (agent: TestAgent) => {
      for (const phone of agent.phones.values())
        phone.answer = async () => {
          await sleep(2)
          return 1
        }
    }
    await inTime(first)
    const accepted: MessageRow[] = []
    for (let i = 0; i < 90; i++) {
      accepted.push(
        await first.accept({ to: `+44794600${1000 + (i % 3)}`, content: { type: 'text', text: `t${i}` } }),
      )
      if (i % 30 !== 29) continue
      const opened = driver.name === 'postgres' ? await driver.open(url) : first.opened
      const next = await agentOn(opened, { ledger })
      await inTime(next)
      agents.push(next)
    }
    const last = agents.at(-1) as TestAgent
    for (const { id } of accepted) await last.ended(id)
    for (const { wa_id } of accepted)
      expect(ledger.writes.filter(({ messageId }) => messageId === wa_id).length).toBeLessThanOrEqual(
        agents.length,
      )
    for (let to = 0; to < 3; to++)
      expect(ledger.firsts(`44794600${1000 + to}`)).toEqual(
        accepted.flatMap((_, i) => (i % 3 === to ? [`t${i}`] : [])),
      )
    const { length } = ledger.writes
    await takeOwnership(last.opened.sql, 'a', 'somebody else')
    const { id } = await first.accept()
    last.path.outbox.wakeAll()
    await last.opened.events.first('store.write-fenced', { account: 'a' })
    expect(await last.row(id)).toMatchObject({ attempts: 0 })
    expect(ledger.writes).toHaveLength(length)
  }, 60_000)
})

// PostgreSQL goes away in the middle of sending: nothing is lost, nothing goes out under two ids, nothing is blocked when it is back.

import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { Bus } from '../../agent/events.ts'
import type { MessageRow } from '../../agent/outbox/row.ts'
import { migrate } from '../../agent/store/migrations.ts'
import { openPostgres } from '../../agent/store/postgres.ts'
import { StoreError } from '../../agent/store/sql.ts'
import { hasPostgres, type PostgresServer, startPostgres } from '../harness/postgres.ts'
import { Recorder } from '../harness/recorder.ts'
import { until } from '../harness/until.ts'
import { agentOn } from './outbox/stage.ts'

const limits = {
  connections: 4,
  connectMs: 700,
  statementMs: 800,
  answerMs: 1_000,
  transactionMs: 2_000,
  retryMs: 100,
  heartbeatMs: 300,
  closeMs: 1_000,
}

describe.skipIf(!hasPostgres)('PostgreSQL', () => {
  let server: PostgresServer
  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(() => server.close())

  const outages: [string, () => Promise<void> | void, () => Promise<void> | void][] = [
    ['crashes', () => server.stop('immediate'), () => server.start()],
    ['answers nothing any more', () => server.freeze(), () => server.thaw()],
  ]
  it.each(outages)(
    '%s while messages are accepted, sent and acknowledged',
    async (_, away, back) => {
      const bus = new Bus('node-1')
      const events = new Recorder(bus)
      const sql = await openPostgres(await server.createSchema(), bus, limits)
      onTestFinished(() => sql.close())
      await migrate(sql)
      const agent = await agentOn({ sql, bus, events }, { accounts: ['a', 'b'], settings: { limit: 10_000 } })
      for (const phone of agent.phones.values())
        phone.answer = async () => {
          await sleep(5)
          return 1
        }
      const accepted: MessageRow[] = []
      let refused = 0
      let n = 0
      let over = false
      const callers = Promise.all(
        Array.from({ length: 8 }, async () => {
          while (!over) {
            n += 1
            const to = `+44794600${1000 + (n % 20)}`
            await agent.accept({ to, content: { type: 'text', text: `t${n}` } }).then(
              (row) => accepted.push(row),
              (error) => {
                expect(error).toBeInstanceOf(StoreError)
                refused += 1
              },
            )
            await sleep(5)
          }
        }),
      )
      await until('some are sent', () => agent.ledger.writes.length > 30)
      await away()
      // Receipts go on coming, of what was sent before.
      const [early] = accepted as [MessageRow]
      bus.emit('message.delivered', { messageId: early.wa_id, ms: 1 }, { account: 'a' })
      await until('callers are told', () => refused > 20, 15_000)
      // What was on its way is all that waits for the store.
      expect(agent.path.outbox.unwritten).toBeLessThanOrEqual(2 * 16 + 1)
      await back()
      const before = accepted.length
      await until('callers are served again', () => accepted.length > before + 30, 15_000)
      over = true
      await callers
      const open = async () => {
        const [row] = await sql.query<{ n: number }>('SELECT count(*) AS n FROM message WHERE open = 1')
        return Number(row?.n)
      }
      await until('nothing is open', async () => (await open()) === 0, 15_000)
      const rows = await sql.query<MessageRow>('SELECT * FROM message')
      const byId = new Map(rows.map((row) => [row.id, row]))
      for (const { id } of accepted) expect(['acked', 'delivered']).toContain(byId.get(id)?.state)
      expect((await agent.row(early.id)).state).toBe('delivered')
      const ids = new Map<string, Set<string>>()
      for (const { text, messageId } of agent.ledger.writes)
        ids.set(text, (ids.get(text) ?? new Set()).add(messageId))
      expect([...ids.values()].filter(({ size }) => size > 1)).toEqual([])
      expect(agent.ledger.overlaps).toEqual([])
      expect(agent.path.outbox.unwritten).toBe(0)
    },
    60_000,
  )
})

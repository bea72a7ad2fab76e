// A report that is due is sent once, whether the agent starts in the very minute, stands still over it, or has its store away for a while.

import { expect, it, onTestFinished } from 'vitest'
import { DueReport, type Ending } from '../../../../agent/analytics/reports/due.ts'
import { Bus } from '../../../../agent/events.ts'
import { migrate } from '../../../../agent/store/migrations.ts'
import { type Sql, StoreError } from '../../../../agent/store/sql.ts'
import { openSqlite } from '../../../../agent/store/sqlite.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
const due = Date.parse('2026-11-20T07:00:00Z')

async function stage(ending: Ending = 'sent', schedule = (minute: number) => minute % DAY === due % DAY) {
  const sql = openSqlite(':memory:', new Bus('store'))
  onTestFinished(() => sql.close())
  await migrate(sql)
  const sent: number[] = []
  const said: string[] = []
  /** Statements that begin like this are refused. */
  const refused: string[] = []
  const refusing: Sql = Object.assign(Object.create(sql) as Sql, {
    driver: sql.driver,
    query: (statement: string, params?: []) =>
      refused.some((begin) => statement.startsWith(begin))
        ? Promise.reject(new StoreError('away'))
        : sql.query(statement, params),
  })
  const agent = (): DueReport =>
    new DueReport({
      sql: refusing,
      node: 'node-1',
      type: 'daily',
      schedule,
      send: async (period) => {
        sent.push(period)
        return ending
      },
      storeAway: (message) => said.push(message),
    })
  const state = async () => (await sql.query('SELECT state FROM report_run'))[0]?.state
  return { agent, sent, said, refused, state }
}

it('an agent that starts in the very minute sends it, one that starts after it for the first time does not', async () => {
  const { agent, sent, state } = await stage()
  await agent().look(due + MINUTE)
  expect([sent, await state()]).toEqual([[], undefined])
  await agent().look(due + 5_000)
  await agent().look(due + 10_000)
  expect([sent, await state()]).toEqual([[due], 'sent'])
})

it('a process that stood still over the minute sends it when it goes on, and what follows on time', async () => {
  const { agent, sent } = await stage()
  const one = agent()
  for (const now of [due - MINUTE, due + 3 * 60 * MINUTE, due + 4 * 60 * MINUTE, due + DAY])
    await one.look(now)
  expect(sent).toEqual([due, due + DAY])
})

it('a clock that is set back sends nothing twice', async () => {
  const { agent, sent } = await stage()
  const one = agent()
  for (const now of [due, due - 60 * MINUTE, due, due + MINUTE, due + DAY]) await one.look(now)
  expect(sent).toEqual([due, due + DAY])
})

it('a store that is away is said once, and the report goes out when it is back within the day', async () => {
  const { agent, sent, said, refused } = await stage()
  refused.push('INSERT')
  const one = agent()
  for (const minute of [0, 1, 2]) await one.look(due + minute * MINUTE)
  refused.pop()
  await one.look(due + 3 * MINUTE)
  await one.look(due + 4 * MINUTE)
  expect([sent, said]).toEqual([[due], ['away']])
})

it('a store that is away after the mail went out sends no second one', async () => {
  const { agent, sent, refused, state } = await stage()
  refused.push('UPDATE')
  const one = agent()
  await one.look(due)
  expect(await state()).toBe('taken')
  refused.pop()
  await one.look(due + 40 * MINUTE)
  expect([sent, await state()]).toEqual([[due], 'sent'])
})

it('a day later there is nothing to send any more', async () => {
  const { agent, sent, refused } = await stage('sent', (minute) => minute === due)
  refused.push('INSERT')
  const one = agent()
  await one.look(due)
  refused.pop()
  await one.look(due + DAY)
  expect(sent).toEqual([])
})

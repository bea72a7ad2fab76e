// What is due is mailed by one agent, once, whoever stops or asks for reports meanwhile; and how it ended is an event.

import { expect, it, onTestFinished, vi } from 'vitest'
import { type DeskParts, ReportDesk } from '../../../../agent/analytics/reports/desk.ts'
import { mailPassword } from '../../../../agent/analytics/reports/password.ts'
import type { ReportsConfig } from '../../../../agent/config/schema.ts'
import { Bus } from '../../../../agent/events.ts'
import { embeddedHistory } from '../../../../agent/history/embedded.ts'
import { migrate } from '../../../../agent/store/migrations.ts'
import type { Sql } from '../../../../agent/store/sql.ts'
import { openSqlite } from '../../../../agent/store/sqlite.ts'
import { freePort } from '../../../harness/server-process.ts'
import { startSmtp } from '../../../harness/smtp.ts'
import { hear } from '../../events/heard.ts'
import { listedAccounts } from './filled.ts'
import { reportsConfig } from './stage.ts'

const HOUR = 3_600_000
/** Each day at the minute of so long ago, in UTC. */
const daily = (agoMs: number): ReportsConfig['when'] => {
  const at = new Date(Date.now() - agoMs)
  return { daily: `${at.getUTCMinutes()} ${at.getUTCHours()} * * *`, weekly: null, monthly: null }
}

async function store(): Promise<Sql> {
  const sql = openSqlite(':memory:', new Bus('store'))
  onTestFinished(() => sql.close())
  await migrate(sql)
  return sql
}

function desk(sql: Sql, port: number, config: Partial<ReportsConfig> = {}, parts: Partial<DeskParts> = {}) {
  const heard = hear()
  const smtp = {
    host: '127.0.0.1',
    port,
    secure: 'none',
    username: null,
    passwordFile: null,
    timeoutMs: 5_000,
  } as const
  const made = new ReportDesk({
    bus: heard.bus,
    sql,
    node: 'node-1',
    history: embeddedHistory(sql),
    config: { ...reportsConfig, to: ['sre@example.com'], from: 'linda@example.com', smtp, ...config },
    password: null,
    pauseMs: 1,
    accounts: async () => listedAccounts(2),
    live: () => null,
    timezone: 'UTC',
    phones: 'masked',
    thresholds: { healthyFrom: 80, unhealthyBelow: 60 },
    ...parts,
  })
  return { desk: made, ...heard }
}

const rowOf = async (sql: Sql) => (await sql.query('SELECT type, state, at FROM report_run'))[0]

/** Some report of the type was due once. */
const seed = (sql: Sql) =>
  sql.query("INSERT INTO report_run (type, period, node, state, at) VALUES ('daily', 1, 'old', 'sent', 1)")

it('a report that was missed is sent at the next start by one of two agents, and not by a third', async () => {
  const sql = await store()
  const box = await startSmtp()
  await seed(sql)
  const when = daily(HOUR)
  const agents = [desk(sql, box.port, { when }), desk(sql, box.port, { when })]
  await Promise.all(agents.map((each) => each.desk.look(Date.now())))
  await desk(sql, box.port, { when }).desk.look(Date.now())
  expect(box.mails).toHaveLength(1)
  expect(agents.flatMap(({ of }) => of('report.sent'))).toMatchObject([
    { report: 'daily', recipients: 1, refused: 0, attempts: 1 },
  ])
  expect(await rowOf(sql)).toMatchObject({ type: 'daily', state: 'sent' })
})

it('one that nobody took is an error, a state, and not tried again by itself', async () => {
  const sql = await store()
  await seed(sql)
  const { desk: one, of } = desk(sql, await freePort(), { when: daily(HOUR) })
  await one.look(Date.now())
  await one.look(Date.now())
  expect(of('report.failed')).toMatchObject([{ report: 'daily', doing: 'sending', attempts: 4 }])
  expect(await rowOf(sql)).toMatchObject({ state: 'failed' })
})

it('a start catches up by the configured schedule, and a stop ends it', async () => {
  const sql = await store()
  const box = await startSmtp()
  await seed(sql)
  const { desk: one, of } = desk(sql, box.port, { when: daily(6 * 60_000) })
  const stop = one.start()
  await expect.poll(() => of('report.sent').length, { timeout: 8_000 }).toBe(1)
  await stop()
  await expect(one.make({ type: 'daily', until: Date.now() })).rejects.toThrow()
})

it('a stop while the mail server is busy, or silent, gives the report back, and the next start sends it', async () => {
  for (const answer of [451, 'hang'] as const) {
    const sql = await store()
    await seed(sql)
    const box = await startSmtp({ answers: [answer] })
    const when = daily(HOUR)
    const { desk: one, events } = desk(sql, box.port, { when }, { pauseMs: 60_000 })
    const stop = one.start()
    await expect.poll(() => box.connections, { timeout: 8_000 }).toBe(1)
    await stop()
    expect([await rowOf(sql), events.filter(({ type }) => type === 'report.failed')]).toMatchObject([
      { state: 'taken', at: 0 },
      [],
    ])
    await desk(sql, box.port, { when }).desk.look(Date.now())
    expect(box.mails).toHaveLength(1)
  }
})

it('a stop before anything was made gives the report back as well', async () => {
  const sql = await store()
  await seed(sql)
  const gate = Promise.withResolvers<[]>()
  const asked = vi.fn(() => gate.promise)
  const { desk: one } = desk(sql, 1, { when: daily(HOUR) }, { accounts: asked })
  const stop = one.start()
  await expect.poll(() => asked.mock.calls.length, { timeout: 8_000 }).toBe(1)
  await stop()
  gate.resolve([])
  expect(await rowOf(sql)).toMatchObject({ state: 'taken', at: 0 })
})

it('reports that somebody asks for neither keep one that is due from being sent nor come before it', async () => {
  const sql = await store()
  await seed(sql)
  const box = await startSmtp()
  const gate = Promise.withResolvers<[]>()
  const { desk: one, of } = desk(sql, box.port, { when: daily(HOUR) }, { accounts: () => gate.promise })
  const asked = Array.from({ length: 9 }, () => one.make({ type: 'monthly', until: Date.now() }))
  const due = one.look(Date.now())
  await expect.poll(async () => (await rowOf(sql))?.state).toBe('taken')
  gate.resolve([])
  await Promise.all([due, ...asked])
  expect(box.mails).toHaveLength(1)
  expect(of('report.made').map(({ report }) => report)).toEqual([
    'monthly',
    'daily',
    ...Array(8).fill('monthly'),
  ])
})

it('a process that stood still over the minute looks when it goes on, and says nothing on the terminal', async () => {
  vi.useFakeTimers({
    toFake: ['Date', 'setTimeout', 'clearTimeout'],
    now: Date.parse('2026-11-20T06:59:58Z'),
  })
  onTestFinished(() => void vi.useRealTimers())
  const warn = vi.spyOn(console, 'warn').mockReturnValue()
  const { desk: one } = desk(await store(), 1)
  const looked = vi.spyOn(one, 'look')
  const stop = one.start()
  vi.setSystemTime('2026-11-20T07:00:20Z')
  await vi.advanceTimersByTimeAsync(10_000)
  vi.useRealTimers()
  await stop()
  expect(looked).toHaveBeenCalledTimes(2)
  expect(looked.mock.lastCall?.[0]).toBeLessThan(Date.parse('2026-11-20T07:01:00Z'))
  expect(warn).not.toHaveBeenCalled()
})

it('a store that is away while a report is made is an error that says so', async () => {
  const sql = await store()
  const away = () => Promise.reject(new Error('the store is away'))
  const { desk: one, of } = desk(sql, 1, {}, { accounts: away })
  await one.send('daily', Date.now())
  expect(of('report.failed')).toMatchObject([{ doing: 'making', attempts: 0, detail: 'the store is away' }])
})

it('one of a type is sent at a time, and few may wait to be made', async () => {
  const sql = await store()
  const gate = Promise.withResolvers<[]>()
  const { desk: one } = desk(sql, 1, {}, { accounts: () => gate.promise })
  const first = one.send('daily', Date.now())
  expect([one.send('daily', Date.now()), one.isSending('daily'), one.isSending('weekly')]).toEqual([
    false,
    true,
    false,
  ])
  const wish = { type: 'daily', until: Date.now() } as const
  const waiting = Array.from({ length: 9 }, () =>
    one.make(wish).then(
      () => 'made',
      (error) => error.message,
    ),
  )
  const said = waiting.at(-1)
  expect(await said).toContain('too many')
  gate.resolve([])
  await first
  expect(await Promise.all(waiting)).toEqual([
    ...Array(8).fill('made'),
    'too many reports are being made; try again later',
  ])
})

it('a password file that cannot be used ends the start with one line', () => {
  expect(mailPassword(null)).toBe(null)
  expect(() => mailPassword('/nowhere/pw')).toThrow(
    '/nowhere/pw: reports.smtp.password_file: found an unreadable file (ENOENT), allowed: a file whose first line is the password',
  )
  expect(() => mailPassword('/dev/null')).toThrow('found nothing in it')
})

// What is due is sent by one agent, once; what was missed is sent at the next start; and how it ended is an event.

import { expect, it, onTestFinished } from 'vitest'
import { type DeskParts, ReportDesk } from '../../../../agent/analytics/reports/desk.ts'
import { lastDue } from '../../../../agent/analytics/reports/missed.ts'
import { mailPassword } from '../../../../agent/analytics/reports/password.ts'
import type { ReportsConfig } from '../../../../agent/config/schema.ts'
import { Bus } from '../../../../agent/events.ts'
import { embeddedHistory } from '../../../../agent/history/embedded.ts'
import { migrate } from '../../../../agent/store/migrations.ts'
import type { Sql } from '../../../../agent/store/sql.ts'
import { openSqlite } from '../../../../agent/store/sqlite.ts'
import { freePort } from '../../../harness/prometheus.ts'
import { startSmtp } from '../../../harness/smtp.ts'
import { hear } from '../../events/heard.ts'
import { listedAccounts } from './filled.ts'
import { reportsConfig } from './stage.ts'

const HOUR = 3_600_000
/** Six minutes ago by the minute, as five fields of cron in UTC. */
const cronAgo = (ms: number): string => {
  const at = new Date(Date.now() - ms)
  return `${at.getUTCMinutes()} ${at.getUTCHours()} * * *`
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
  return { desk: made, of: heard.of }
}

const rowOf = async (sql: Sql) => (await sql.query('SELECT type, state, period FROM report_run'))[0]

it('a report that was missed is sent at the next start by one of two agents, and not by a third', async () => {
  const sql = await store()
  const box = await startSmtp()
  await sql.query(
    "INSERT INTO report_run (type, period, node, state, at) VALUES ('daily', 1, 'old', 'sent', 1)",
  )
  const matches = (date: Date): boolean => date.getTime() % HOUR === 0
  const agents = [desk(sql, box.port), desk(sql, box.port)]
  await Promise.all(agents.map((each) => each.desk.catchUp('daily', matches)))
  await desk(sql, box.port).desk.catchUp('daily', matches)
  expect(box.mails).toHaveLength(1)
  expect(agents.flatMap(({ of }) => of('report.sent'))).toMatchObject([
    { report: 'daily', recipients: 1, refused: 0, attempts: 1 },
  ])
  expect(await rowOf(sql)).toMatchObject({ type: 'daily', state: 'sent' })
})

it('an agent whose reports were never due has missed none', async () => {
  const sql = await store()
  const box = await startSmtp()
  await desk(sql, box.port).desk.catchUp('daily', () => true)
  expect([box.connections, await rowOf(sql)]).toEqual([0, undefined])
})

it('one that nobody took is an error, a state, and not tried again by itself', async () => {
  const sql = await store()
  await sql.query(
    "INSERT INTO report_run (type, period, node, state, at) VALUES ('weekly', 1, 'old', 'sent', 1)",
  )
  const { desk: one, of } = desk(sql, await freePort())
  const matches = (date: Date): boolean => date.getTime() % HOUR === 0
  await one.catchUp('weekly', matches)
  await one.catchUp('weekly', matches)
  expect(of('report.failed')).toMatchObject([{ report: 'weekly', doing: 'sending', attempts: 4 }])
  expect(await rowOf(sql)).toMatchObject({ state: 'failed' })
})

it('one that was taken by an agent that died over it is taken again, not before half an hour', async () => {
  const sql = await store()
  const box = await startSmtp()
  const due = Math.floor(Date.now() / HOUR) * HOUR - HOUR
  const take = (at: number) =>
    sql.query(
      `INSERT INTO report_run (type, period, node, state, at) VALUES ('daily', $1, 'dead', 'taken', $2)
       ON CONFLICT (type) DO UPDATE SET period = excluded.period, at = excluded.at, state = 'taken'`,
      [due, at],
    )
  const { desk: one } = desk(sql, box.port)
  const matches = (date: Date): boolean => date.getTime() === due
  await take(Date.now() - 0.4 * HOUR)
  await one.catchUp('daily', matches)
  expect(box.mails).toHaveLength(0)
  await take(Date.now() - 0.6 * HOUR)
  await one.catchUp('daily', matches)
  expect(box.mails).toHaveLength(1)
})

it('a start catches up by the configured schedule, and a stop ends it', async () => {
  const sql = await store()
  const box = await startSmtp()
  await sql.query(
    "INSERT INTO report_run (type, period, node, state, at) VALUES ('daily', 1, 'old', 'sent', 1)",
  )
  const { desk: one, of } = desk(sql, box.port, {
    when: { daily: cronAgo(6 * 60_000), weekly: null, monthly: null },
  })
  const stop = one.start()
  await expect.poll(() => of('report.sent').length, { timeout: 8_000 }).toBe(1)
  await stop()
  await expect(one.make({ type: 'daily', until: Date.now() })).rejects.toThrow()
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

it('when a report was due last is found to the minute, and not beyond a day', async () => {
  const now = Date.parse('2026-11-20T07:00:30Z')
  const at = (iso: string) => (date: Date) => date.getTime() === Date.parse(iso)
  expect(await lastDue(at('2026-11-20T06:59:00Z'), now)).toBe(Date.parse('2026-11-20T06:59:00Z'))
  expect(await lastDue(at('2026-11-19T07:01:00Z'), now)).toBe(Date.parse('2026-11-19T07:01:00Z'))
  expect(await lastDue(at('2026-11-20T07:00:00Z'), now)).toBe(null)
  expect(await lastDue(at('2026-11-19T07:00:00Z'), now)).toBe(null)
})

it('a password file that cannot be used ends the start with one line', () => {
  expect(mailPassword(null)).toBe(null)
  expect(() => mailPassword('/nowhere/pw')).toThrow(
    '/nowhere/pw: reports.smtp.password_file: found an unreadable file (ENOENT), allowed: a file whose first line is the password',
  )
  expect(() => mailPassword('/dev/null')).toThrow('found nothing in it')
})

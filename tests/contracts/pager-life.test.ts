// The life of a page in the pager's store, by a clock of its own: whom a webhook tells, whom it spares, and what is no longer sent.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { Bus } from '../../agent/events.ts'
import { migrateTo } from '../../agent/store/migrations.ts'
import { openStore } from '../../agent/store/open.ts'
import type { Sql } from '../../agent/store/sql.ts'
import { loadPagerConfig } from '../../alertmanager/pager/config/load.ts'
import type { PagerConfig } from '../../alertmanager/pager/config/schema.ts'
import { groupOf, webhook as parser } from '../../alertmanager/pager/decide/group.ts'
import { accept } from '../../alertmanager/pager/desk/accept.ts'
import { acknowledge, byNotice } from '../../alertmanager/pager/desk/acknowledge.ts'
import { History } from '../../alertmanager/pager/desk/history.ts'
import { settle } from '../../alertmanager/pager/desk/settle.ts'
import { forgetPages } from '../../alertmanager/pager/desk/upkeep.ts'
import { Events } from '../../alertmanager/pager/events.ts'
import { beginAttempt } from '../../alertmanager/pager/store/attempts.ts'
import { dueBy } from '../../alertmanager/pager/store/deliveries.ts'
import { openPagerStore } from '../../alertmanager/pager/store/open.ts'
import { openPageOf } from '../../alertmanager/pager/store/pages.ts'
import { app, steps } from '../../alertmanager/pager/store/schema.ts'
import { type ChannelName, channelNames } from '../../alertmanager/pager/words.ts'
import { writePagerConfig } from '../harness/pager-process.ts'
import { type Fires, webhook } from './pager.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const folder = mkdtempSync(join(tmpdir(), 'linda-pager-life-'))
const events = new Events()
let config: PagerConfig
let sql: Sql
let now: number

beforeAll(() => {
  writePagerConfig(
    folder,
    { twilio: { url: 'http://127.0.0.1:9' }, fcm: { url: 'http://127.0.0.1:9', credentials: '{}' } },
    {
      recipients: {
        alice: { phone: '+971505760056', fcm_token: 'x'.repeat(30) },
        bob: { phone: '+5511912345678' },
      },
      receivers: {
        default: { channels: ['sms'], recipients: ['alice'] },
        sms: { channels: ['sms'], recipients: ['alice'], cooldown: '50m', forget: '12h', resolved: ['sms'] },
        push: { channels: ['push'], recipients: ['alice'], forget: '12h', resolved: [] },
        bob: { channels: ['sms'], recipients: ['bob'] },
      },
    },
  )
  config = loadPagerConfig({ path: join(folder, 'pager.yaml'), env: {}, cwd: folder })
})
beforeEach(async () => {
  sql = await openPagerStore('sqlite::memory:', events)
  now = Date.parse('2026-01-05T12:00:00Z')
  return () => sql.close()
})
afterAll(() => rmSync(folder, { recursive: true }))

/** Answers the verdict. */
async function hear(receiver: string, fires: Partial<Fires> & { truncatedAlerts?: number } = {}) {
  const { truncatedAlerts, ...rest } = fires
  const body = webhook({ alert: 'A', groupKey: receiver, startsAt: now - 1_000, ...rest })
  const group = groupOf(parser.parse({ ...body, ...(truncatedAlerts ? { truncatedAlerts } : {}) }), '')
  return accept({ sql, config, events, wake: () => undefined }, receiver, group as never, now)
}

const due = async () =>
  (await Promise.all(channelNames.map((channel) => dueBy(sql, channel, now, 100)))).flat()

/** Begins what is due by a channel; answers what ends it. */
async function begin(channel: ChannelName) {
  const [delivery] = await dueBy(sql, channel, now, 1)
  if (!delivery) throw new Error(`nothing is due by ${channel}`)
  await sql.transaction((tx) => beginAttempt(tx, delivery, now))
  return (outcome: 'accepted' | 'unavailable' | 'unknown') =>
    settle({ sql, config, events }, delivery, { outcome, code: 'test', providerId: null }, now)
}

/** Sends all that is due; answers what was sent to whom. */
async function send(): Promise<string[]> {
  const sent: string[] = []
  for (const { kind, recipient, course } of await due()) {
    await (await begin(course.channel))('accepted')
    sent.push(`${kind} to ${recipient} by ${course.channel}`)
  }
  return sent
}

async function take(who = 'alice') {
  const [newest] = await new History(sql).list({ limit: 1 })
  const asked = await byNotice(sql, newest?.id ?? '')
  if (!asked) throw new Error('nothing was told')
  return acknowledge({ sql, events }, asked, { via: 'api', who, knows: asked.severity }, now)
}
const states = async (): Promise<string[]> =>
  (await new History(sql).list({ limit: 100 }))
    .flatMap(({ metadata: { kind, recipients } }) => recipients.map(({ state }) => `${kind} ${state}`))
    .reverse()

it('tells of the next incident of an acknowledged page, by every channel, when the ends of all groups got lost', async () => {
  await hear('sms')
  await hear('push')
  expect(await send()).toHaveLength(2)
  expect(await take()).toBe('done')
  now += 2 * HOUR
  const again = { startsAt: now - 1_000 }
  expect(await hear('sms', again)).toBe('open')
  expect(await hear('push', again)).toBe('tell')
  expect(await send()).toEqual(['firing to alice by sms', 'firing to alice by push'])
})

it('forgets what was acknowledged, however often others are heard of', async () => {
  const first = { startsAt: now - 1_000 }
  await hear('sms', first)
  await send()
  await take()
  const other = { account: 'uae-1', tier: '3', groupKey: 'joined', startsAt: now + 1 }
  const verdicts: string[] = []
  for (let hour = 1; hour <= 14; hour++) {
    now += HOUR
    const body = webhook({ alert: 'A', ...other }) as { groupLabels: object }
    const group = groupOf(parser.parse(body), '')
    verdicts.push(await accept({ sql, config, events, wake: () => undefined }, 'push', group as never, now))
  }
  expect(verdicts.slice(0, 14)).toEqual([...Array(12).fill('note'), 'open', 'tell'])
})

it('ends a page of which no group was heard for as long as its receiver says, and what waits for it', async () => {
  await hear('sms')
  await forgetPages(sql, events, now + 12 * HOUR)
  expect(await states()).toEqual(['firing queued'])
  await forgetPages(sql, events, now + 12 * HOUR + 1)
  expect(await states()).toEqual(['firing cancelled'])
})

it('does not end by a webhook that names not all of its alerts', async () => {
  await hear('sms', { others: ['b'] })
  await send()
  const startsAt = now - 1_000
  expect(await hear('sms', { status: 'resolved', startsAt, truncatedAlerts: 1 })).toBe('note')
  expect(await hear('sms', { status: 'resolved', startsAt, others: ['b'] })).toBe('end')
})

it('reckons the cooldown from when somebody was told', async () => {
  const fires = { startsAt: now - 1_000 }
  await hear('sms', fires)
  // The provider was out for as long.
  now += 40 * MINUTE
  expect(await send()).toEqual(['firing to alice by sms'])
  now += 20 * MINUTE
  await hear('sms', fires)
  expect(await send()).toEqual([])
  now += 30 * MINUTE
  await hear('sms', fires)
  expect(await send()).toEqual(['repeat to alice by sms'])
  // Nobody was told in the time to come, by a clock that was set back.
  now -= 10 * HOUR
  await hear('sms', fires)
  expect(await due()).toHaveLength(1)
})

it.each(['unavailable', 'unknown'] as const)(
  'tries nothing again of a page that is over: %s',
  async (how) => {
    const startsAt = now - 1_000
    await hear('sms', { startsAt })
    await hear('bob', { startsAt })
    const end = await begin('sms')
    await hear('sms', { status: 'resolved', startsAt })
    await end(how)
    // Who was perhaps told hears the end; who was certainly not told hears nothing.
    expect(await states()).toEqual(['firing cancelled', 'firing cancelled', 'resolved queued'])
    expect(await send()).toEqual(['resolved to alice by sms'])
  },
)

it('tries nothing again that is told as worse since, and keeps what others were to be told', async () => {
  const startsAt = now - 1_000
  await hear('sms', { severity: 'warning', startsAt })
  await hear('bob', { severity: 'warning', startsAt, groupKey: 'bob' })
  const end = await begin('sms')
  expect(await hear('sms', { severity: 'critical', startsAt })).toBe('worse')
  await end('unknown')
  expect(await states()).toEqual(['firing cancelled', 'firing queued', 'worse queued'])
})

it('is not acknowledged by what said less than it is', async () => {
  const startsAt = now - 1_000
  await hear('sms', { severity: 'warning', startsAt })
  await send()
  const [mild] = await new History(sql).list({ limit: 1 })
  const old = await byNotice(sql, mild?.id ?? '')
  expect(await take('bob')).toBe('done')
  await hear('sms', { severity: 'critical', startsAt })
  await send()
  expect(old).toMatchObject({ severity: 'warning' })
  const by = { via: 'link', who: 'alice', knows: 'warning' } as const
  expect(old && (await acknowledge({ sql, events }, old, by, now))).toBe('outdone')
  expect(await take('carol')).toBe('done')
  const read = (await new History(sql).list({ limit: 2 })).map(({ metadata }) => metadata.acknowledgedBy)
  expect(read).toEqual(['carol', 'bob'])
  await hear('sms', { status: 'resolved', startsAt })
  expect(await take()).toBe('over')
})

it('takes over a file of the first schema: what fires, who has it and who has read it', async () => {
  const file = `sqlite:${join(folder, 'first.db')}`
  const first = await openStore(file, new Bus('test'))
  await migrateTo(first, 1, { app, steps })
  const startsAt = new Date(now - 1_234).toISOString()
  for (const [id, acknowledged] of [
    ['p1', now],
    ['p2', null],
  ]) {
    await first.query(
      `INSERT INTO page (id, key, state, level, alert, receiver, opened_at, heard_at, forget_ms, acknowledged_at, acknowledged_by)
       VALUES ($1, $1, 'open', 'critical', 'A', 'sms', $2, $2, 5000, $3, $4)`,
      [id as string, now, acknowledged as number | null, acknowledged ? 'alice' : null],
    )
    await first.query(
      `INSERT INTO page_group (page, key, firing, severity, occurrences, heard_at)
       VALUES ($1, 'g1', 1, 'critical', $2, $3), ($1, 'g2', 0, 'warning', '[]', $3)`,
      [id as string, JSON.stringify([`abc@${startsAt}`]), now],
    )
  }
  await first.query(
    `INSERT INTO notice (id, page, kind, severity, receiver, alert, content, next_ms, started_at, measured, created_at, read_at)
     VALUES ('n1', 'p1', 'firing', 'critical', 'sms', 'A', '{"action":""}', 1, 1, 1, $1, $1)`,
    [now],
  )
  await first.close()
  const second = await openPagerStore(file, events)
  const alert = { fingerprint: 'abc', startsAt: now - 1_234, severity: 'critical', heardAt: now }
  const group = { key: 'g1', truncated: false, heardAt: now, forgetMs: 5_000 }
  expect(await openPageOf(second, 'p1')).toMatchObject({
    acknowledged: true,
    groups: [{ ...group, alerts: [{ ...alert, taken: true }] }],
  })
  expect(await openPageOf(second, 'p2')).toMatchObject({
    acknowledged: false,
    groups: [{ ...group, alerts: [{ ...alert, taken: false }] }],
  })
  const [notification] = await new History(second).list({ limit: 1 })
  expect(notification?.metadata.acknowledgedBy).toBe('alice')
  await second.close()
})

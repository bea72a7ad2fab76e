// What the pager remembers when it is started again, also with another configuration: acknowledgements, what waits, and what was spent.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Fcm, startFcm } from '../harness/providers/fcm.ts'
import { startTwilio, type Twilio } from '../harness/providers/twilio.ts'
import { until } from '../harness/until.ts'
import { type Stage, startStage } from './pager.ts'

const directory = mkdtempSync(join(tmpdir(), 'linda-pager-restart-'))
let twilio: Twilio
let fcm: Fcm
let stage: Stage

/** Quiet hours that have begun and go on for hours, by the clock of UTC. */
function night(): { from: string; to: string } {
  const clock = (at: number): string => new Date(at).toISOString().slice(11, 16)
  return { from: clock(Date.now() - 3_600_000), to: clock(Date.now() + 7_200_000) }
}

async function start(more: { fcm?: Fcm } = {}): Promise<void> {
  const people = { recipients: ['alice'] }
  stage = await startStage(
    { twilio, ...more },
    {
      callbacks: { public_url: 'https://pager.example.com' },
      quiet_hours: night(),
      budgets: { recipient_voice: 1 },
      retries: { apart: '10m', longest: '10m' },
      recipients: { alice: { phone: '+971505760056', fcm_token: 'x'.repeat(30) } },
      receivers: {
        default: { channels: ['sms'], cooldown: '0s', ...people },
        voice: { channels: ['voice'], ...people },
        ...(more.fcm ? { push: { channels: ['push'], fallback: ['sms'], ...people } } : {}),
      },
    },
    directory,
  )
}
const told = (alert: string) => twilio.taken.filter(({ text }) => text.includes(`${alert} on`))
const history = async (type: string) => (await stage.client.history()).find((each) => each.type === type)
const stateOf = async (type: string) => (await history(type))?.metadata.recipients[0]?.state

beforeAll(async () => {
  twilio = await startTwilio()
  fcm = await startFcm()
  await start({ fcm })
})
afterAll(async () => {
  await stage.end()
  await twilio.close()
  await fcm.close()
  rmSync(directory, { recursive: true })
})

it('lets warnings wait for the morning, and nothing that is critical', async () => {
  await stage.client.page('default', { alert: 'Mild', severity: 'warning' })
  await stage.client.page('default', { alert: 'Grave' })
  await until('the grave one is told', () => told('Grave').length === 1)
  await until('the mild one waits', async () => (await stateOf('MILD')) === 'held')
  // Whoever waits to be told is not told twice afterwards.
  await stage.client.page('default', { alert: 'Mild', severity: 'warning' })
  expect(told('Mild')).toEqual([])
})

it('sends what waits when it gets grave, once', async () => {
  await stage.client.page('default', { alert: 'Mild', severity: 'critical', tier: '2' })
  await until('it is told', () => told('Mild').length === 1)
  const kinds = (await stage.client.history()).filter(({ type }) => type === 'MILD')
  expect(kinds.map(({ metadata, status }) => [metadata.kind, status])).toEqual([
    ['worse', 'SENT'],
    ['firing', 'CANCELLED'],
  ])
})

it('waits for the budget where no other channel is left', async () => {
  await stage.client.page('voice', { alert: 'Call' })
  await until('the call is made', () => told('Call').length === 1)
  await stage.client.page('voice', { alert: 'Second' })
  await until('the second waits', async () => (await stateOf('SECOND')) === 'held')
  expect(stage.logged()).toContain('"why":"budget"')
})

it('remembers all of that, and goes by another channel where its own is no longer configured', async () => {
  await stage.client.page('default', { alert: 'Taken' })
  await until('it is told', () => told('Taken').length === 1)
  const taken = await history('TAKEN')
  const path = `/api/notifications/${taken?.id}/acknowledge`
  expect(await stage.client.post(path, { by: 'alice' })).toMatchObject({ status: 200 })
  fcm.manner = () => ({ status: 503 })
  await stage.client.page('push', { alert: 'Pushed' })
  await until('it is tried', () => fcm.asked.some(({ body }) => body.includes('Pushed on')))
  await until('it waits', async () => (await stateOf('PUSHED')) === 'queued')
  await stage.end()
  await start()
  await until('it is told by SMS', () => told('Pushed').length === 1)
  // Who has it has it still, and an hour is an hour.
  expect(await stage.client.page('default', { alert: 'Taken' })).toMatchObject({ body: { verdict: 'note' } })
  expect(await stateOf('SECOND')).toBe('held')
  await until('spent is spent', async () => (await stage.metric('pager_budget_left{channel="voice"}')) === 19)
})

it('drops what waits when its page is acknowledged or over', async () => {
  const second = await history('SECOND')
  await stage.client.post(`/api/notifications/${second?.id}/acknowledge`, { by: 'bob' })
  expect(await stateOf('SECOND')).toBe('cancelled')
  await stage.client.page('default', { alert: 'Short', severity: 'warning' })
  await until('it waits', async () => (await stateOf('SHORT')) === 'held')
  await stage.client.page('default', { alert: 'Short', severity: 'warning', status: 'resolved' })
  expect(await stateOf('SHORT')).toBe('cancelled')
  const path = `/api/notifications/${(await history('SHORT'))?.id}/acknowledge`
  expect(await stage.client.post(path, { by: 'bob' })).toMatchObject({ status: 409 })
  expect(await stage.client.post('/api/notifications/x/acknowledge', { by: 'bob' })).toMatchObject({
    status: 404,
  })
  expect(await stage.client.post(path, { who: 'bob' })).toMatchObject({ status: 400 })
})

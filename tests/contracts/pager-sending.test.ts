// What may be spent, what a provider's answer and its reports mean, and what a clock that is set back does to those who wait to be told.

import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { type Fcm, startFcm } from '../harness/providers/fcm.ts'
import { startTwilio, type Twilio } from '../harness/providers/twilio.ts'
import { until } from '../harness/until.ts'
import { type Stage, startStage } from './pager.ts'

const publicUrl = 'https://pager.example.com'
const people = ['alice', 'bob', 'carol', 'dora']
const phoneOf = (name: string): string => `+97150576005${people.indexOf(name)}`

let twilio: Twilio
let fcm: Fcm
let stage: Stage

beforeAll(async () => {
  twilio = await startTwilio()
  fcm = await startFcm()
  const only = (name: string, more = {}) => ({ channels: ['sms'], recipients: [name], ...more })
  stage = await startStage(
    { twilio, fcm },
    {
      callbacks: { public_url: publicUrl },
      budgets: { recipient_sms: 4, recipient_voice: 1 },
      retries: { count: 3, apart: '20ms', again: '3s' },
      channels: {
        twilio: {
          account_sid: 'AC0123456789abcdef0123456789abcdef',
          auth_token_file: './secrets/twilio.token',
          from: '+15005550006',
          base_url: twilio.url,
          timeout: '300ms',
        },
      },
      recipients: Object.fromEntries(
        people.map((name) => [
          name,
          { phone: phoneOf(name), two_way: true, fcm_token: `device-of-${name}-${'0'.repeat(20)}` },
        ]),
      ),
      receivers: {
        default: only('alice'),
        alice: only('alice', { resolved: ['sms'], cooldown: '0s' }),
        bob: only('bob'),
        carol: only('carol', { fallback: ['voice'] }),
        dora: only('dora', { fallback: ['push'] }),
        call: { channels: ['voice'], recipients: ['bob'] },
      },
    },
  )
})
afterAll(async () => {
  await stage.end()
  await twilio.close()
  await fcm.close()
})
beforeEach(() => {
  twilio.manner = () => 'accept'
  twilio.asked.length = 0
  twilio.taken.length = 0
  fcm.taken.length = 0
})

const failed = (channel: string) =>
  stage.metric(`pager_notifications_total{channel="${channel}",outcome="failed"}`)
const recipientOf = async (type: string) =>
  (await stage.client.history()).find((each) => each.type === type)?.metadata.recipients[0]
const stateIs = (type: string, state: string) =>
  until(`${type} is ${state}`, async () => (await recipientOf(type))?.state === state)
const told = (alert: string) => twilio.taken.filter(({ text }) => new RegExp(`\\b${alert}\\b`).test(text))

it('counts a delivery once, however often it is tried', async () => {
  twilio.manner = () => (twilio.asked.length < 4 ? 'hang' : 'accept')
  await stage.client.page('alice', { alert: 'Hanging' })
  await stateIs('HANGING', 'sent')
  expect(twilio.asked).toHaveLength(4)
  // Four are allowed, and warnings leave one of them alone.
  for (const alert of ['Next', 'Third']) {
    await stage.client.page('alice', { alert })
    await stateIs(alert.toUpperCase(), 'sent')
  }
})

it('says that somebody critical is not told for want of budget, once, and for as long as it lasts', async () => {
  const before = await failed('sms')
  await stage.client.page('alice', { alert: 'Mild', severity: 'warning' })
  await stateIs('MILD', 'held')
  expect(await failed('sms')).toBe(before)
  await stage.client.page('alice', { alert: 'Last' })
  await stateIs('LAST', 'sent')
  await stage.client.page('alice', { alert: 'Grave' })
  await stateIs('GRAVE', 'held')
  expect(await failed('sms')).toBe(before + 1)
  expect(twilio.asked).toHaveLength(1)
  await until(
    'its age is shown',
    async () => (await stage.metric('pager_oldest_critical_delivery_seconds')) > 0,
  )
  expect(stage.logged()).toContain('"why":"budget"')
})

it('lets the news that something is over wait, and fails nobody by it', async () => {
  const before = await failed('sms')
  await stage.client.page('alice', { alert: 'Next', status: 'resolved' })
  await until('it waits', async () => {
    const [newest] = (await stage.client.history()).filter(({ type }) => type === 'NEXT')
    return newest?.metadata.kind === 'resolved' && newest.metadata.recipients[0]?.state === 'held'
  })
  expect(await failed('sms')).toBe(before)
})

it('waits for the first of its channels that has budget', async () => {
  for (const alert of ['One', 'Two', 'Three', 'Four', 'Five']) {
    await stage.client.page('carol', { alert })
    await stateIs(alert.toUpperCase(), 'sent')
  }
  // Four SMS and a call are all that she may have; the first SMS was first.
  expect(twilio.taken.map(({ kind }) => kind)).toEqual(['sms', 'sms', 'sms', 'sms', 'voice'])
  await stage.client.page('carol', { alert: 'Six' })
  await stateIs('SIX', 'held')
  const held = stage
    .logged()
    .split('\n')
    .filter((line) => line.includes('"msg":"delivery.held"') && line.includes('"recipient":"carol"'))
    .map((line) => JSON.parse(line) as { why: string; until: number })
  expect(held).toHaveLength(1)
  expect(held[0]?.why).toBe('budget')
  const since = (held[0]?.until ?? 0) - 3_600_000
  expect(Math.abs(since - (twilio.taken[0]?.at ?? 0))).toBeLessThan(
    Math.abs(since - (twilio.taken[4]?.at ?? 0)),
  )
})

it('acts on a report once, and only on one about what was taken', async () => {
  await stage.client.page('dora', { alert: 'Reported' })
  await stateIs('REPORTED', 'sent')
  const url = twilio.taken[0]?.statusCallback ?? ''
  const report = async (sid: string) => {
    const { getExpectedTwilioSignature } = (await import('twilio')).default
    const { authToken } = await import('../harness/providers/twilio.ts')
    const fields = { MessageSid: sid, MessageStatus: 'undelivered' }
    const headers = { 'x-twilio-signature': getExpectedTwilioSignature(authToken, url, fields) }
    const body = new URLSearchParams(fields)
    return (await fetch(url.replace(publicUrl, stage.callbacksUrl), { method: 'POST', headers, body })).status
  }
  const sid = twilio.taken[0]?.sid ?? ''
  expect(await report(`SM${'9'.repeat(32)}`)).toBe(204)
  expect((await recipientOf('REPORTED'))?.state).toBe('sent')
  expect(await report(sid)).toBe(204)
  await until('it is pushed', () => fcm.taken.length === 1)
  await stateIs('REPORTED', 'sent')
  const before = await failed('push')
  expect(await report(sid)).toBe(204)
  expect((await recipientOf('REPORTED'))?.state).toBe('sent')
  expect(await failed('push')).toBe(before)
  expect([twilio.taken.length, fcm.taken.length]).toEqual([1, 1])
})

it('calls with a text that XML could not carry', async () => {
  const summary = `disk \u0007 full ${'x'.repeat(483)}\u{1F525}\u{1F525}`
  await stage.client.page('call', { alert: 'Bell', annotations: { summary } })
  await stateIs('BELL', 'sent')
  expect(told('Bell')[0]?.text).toContain('disk   full x')
})

it('looks at what waits when the clock is set back', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_600_000 })
  const tick = setInterval(() => vi.setSystemTime(Date.now() + 5), 5)
  try {
    await stage.client.page('bob', { alert: 'Back', startsAt: Date.now() })
    await stateIs('BACK', 'sent')
    twilio.manner = () => ({ status: 500 })
    await stage.client.page('bob', { alert: 'Waiting', startsAt: Date.now() })
    await stateIs('WAITING', 'held')
  } finally {
    clearInterval(tick)
    vi.useRealTimers()
  }
  twilio.manner = () => 'accept'
  await stateIs('WAITING', 'sent')
  expect(stage.logged()).toContain('clock.set-back')
})

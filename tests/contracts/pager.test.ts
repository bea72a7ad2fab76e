// A pager on loopback providers that misbehave: whoever must be told is told, nobody twice unless the answer was never known, and nobody after somebody has it.

import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { type Fcm, startFcm } from '../harness/providers/fcm.ts'
import { invalidNumber, startTwilio, type Twilio } from '../harness/providers/twilio.ts'
import { until } from '../harness/until.ts'
import { type Stage, startStage } from './pager.ts'

const phones = { alice: '+971505760056', bob: '+5511912345678', dora: '+919812345678' }
const device = (name: string): string => `device-of-${name}-${'0'.repeat(20)}`
const publicUrl = 'https://pager.example.com'

let twilio: Twilio
let fcm: Fcm
let stage: Stage

beforeAll(async () => {
  twilio = await startTwilio()
  fcm = await startFcm()
  stage = await startStage(
    { twilio, fcm },
    {
      callbacks: { public_url: publicUrl },
      budgets: { recipient_sms: 1_000, sms: 1_000, recipient_voice: 1_000, voice: 3 },
      recipients: {
        alice: { phone: phones.alice, fcm_token: device('alice'), two_way: true },
        bob: { phone: phones.bob, locale: 'pt', fcm_token: device('bob') },
        carol: { phone: invalidNumber, locale: 'es', fcm_token: device('carol') },
        dora: { phone: phones.dora, locale: 'hi' },
        erin: { fcm_token: device('erin') },
      },
      receivers: {
        default: { channels: ['sms'], recipients: ['bob'] },
        sms: { channels: ['sms'], fallback: ['push'], recipients: ['alice'] },
        three: { channels: ['sms'], fallback: ['push'], recipients: ['alice', 'bob', 'carol'] },
        voice: { channels: ['voice'], fallback: ['push'], recipients: ['alice'] },
        fast: { channels: ['sms'], recipients: ['alice'], cooldown: '0s' },
        only: { channels: ['sms'], recipients: ['dora'] },
        push: { channels: ['push'], recipients: ['erin'] },
      },
    },
  )
})
afterAll(async () => {
  await stage.end()
  await twilio.close()
  await fcm.close()
})

let turn = 0
let alert = ''
beforeEach(() => {
  turn += 1
  alert = `Test${turn}`
  twilio.manner = () => 'accept'
  fcm.manner = () => 'accept'
})

const mine = ({ text }: { text: string }): boolean => new RegExp(`\\b${alert}\\b`).test(text)
const taken = () => twilio.taken.filter(mine)
const asked = () => twilio.asked.filter(mine)
const pushed = () => fcm.taken.filter(({ body }) => mine({ text: body }))
const type = () => `TEST${turn}`
const notifications = async () => (await stage.client.history()).filter((each) => each.type === type())
/** Resolves when nothing of the page is on its way any more. */
const settled = (count = 1) =>
  until(
    () => `${alert} is settled`,
    async () => {
      const all = await notifications()
      const busy = all.some(({ metadata }) =>
        metadata.recipients.some(({ state }) => state === 'queued' || state === 'sending'),
      )
      return all.length >= count && !busy && all
    },
  )
const linkIn = (text: string): string => /https:\/\/pager\.example\.com\/a\/\S+/.exec(text)?.[0] ?? ''
const local = (link: string): string => link.replace(publicUrl, stage.callbacksUrl)

it('tells each recipient once, in his language, and shows it in the history', async () => {
  expect(await stage.client.page('three', { alert })).toMatchObject({
    status: 200,
    body: { verdict: 'open' },
  })
  const [notification] = await settled()
  const byPhone = new Map(taken().map(({ to, text }) => [to, text]))
  expect(taken()).toHaveLength(2)
  expect(byPhone.get(phones.alice)).toContain(`Linda Bot Alert: ${alert} on uae-1. Something is wrong.`)
  expect(byPhone.get(phones.bob)).toContain(`Linda Bot Alerta: ${alert} em uae-1.`)
  // The invalid number is refused once and for all; the phone has an app.
  expect(asked().filter(({ to }) => to === invalidNumber)).toHaveLength(1)
  expect(pushed().map(({ token }) => token)).toEqual([device('carol')])
  expect(notification).toMatchObject({
    account: 'uae-1',
    channels: ['sms', 'push'],
    priority: 'HIGH',
    status: 'SENT',
    readAt: null,
    metadata: { attempts: 4, suggestedAction: 'linda status', severity: 'critical', possibleDuplicates: 0 },
  })
})

it('takes the same group many times at once for one page', async () => {
  const startsAt = Date.now()
  const all = await Promise.all(
    Array.from({ length: 8 }, () => stage.client.page('sms', { alert, startsAt })),
  )
  expect(all.map(({ status }) => status)).toEqual(Array(8).fill(200))
  await settled()
  expect(taken()).toHaveLength(1)
  expect(await notifications()).toHaveLength(1)
})

it.each([
  ['429 with Retry-After', { status: 429, retryAfter: '1' }, 0],
  ['500', { status: 500 }, 0],
  ['503', { status: 503 }, 0],
  ['504, of which nobody knows', { status: 504 }, 1],
  ['no answer', 'hang', 1],
  ['a cut connection', 'cut', 1],
] as const)('tries again after %s', async (_, manner, doubtful) => {
  let times = 0
  twilio.manner = (each) => (mine(each) && times++ === 0 ? manner : 'accept')
  await stage.client.page('sms', { alert })
  const [notification] = await settled()
  expect(asked()).toHaveLength(2)
  // What was taken without an answer is what a phone shows twice.
  expect(taken()).toHaveLength(typeof manner === 'string' ? 2 : 1)
  expect(notification).toMatchObject({
    channels: ['sms'],
    status: 'SENT',
    metadata: { possibleDuplicates: doubtful },
  })
  if (typeof manner === 'object' && 'retryAfter' in manner)
    expect((asked()[1]?.at ?? 0) - (asked()[0]?.at ?? 0)).toBeGreaterThanOrEqual(950)
})

it('goes by another channel when one is out, after all its tries', async () => {
  twilio.manner = () => ({ status: 500 })
  await stage.client.page('sms', { alert })
  const [notification] = await settled()
  expect(asked()).toHaveLength(4)
  expect(pushed()).toHaveLength(1)
  expect(notification).toMatchObject({ channels: ['push'], status: 'SENT' })
})

it('repeats nothing to those who were told when one of three is refused', async () => {
  twilio.manner = ({ to }) => (to === phones.bob ? { status: 400, code: 21610 } : 'accept')
  await stage.client.page('three', { alert })
  await settled()
  expect(asked().filter(({ to }) => to === phones.bob)).toHaveLength(1)
  expect(taken().map(({ to }) => to)).toEqual([phones.alice])
  expect(
    pushed()
      .map(({ token }) => token)
      .sort(),
  ).toEqual([device('bob'), device('carol')])
})

it('comes back to somebody for whom everything is out, says so, and tells him in the end', async () => {
  const failed = 'pager_notifications_total{channel="sms",outcome="failed"}'
  const before = await stage.metric(failed)
  let times = 0
  twilio.manner = (each) => (mine(each) && times++ < 5 ? { status: 500 } : 'accept')
  await stage.client.page('only', { alert })
  await until('it is told', () => taken().length > 0)
  expect(await stage.metric(failed)).toBe(before + 1)
  expect(asked()).toHaveLength(6)
})

it('is acknowledged by its link, not by whoever only looks at it, and is quiet until it gets worse', async () => {
  const fires = { alert, severity: 'warning', startsAt: Date.now() }
  await stage.client.page('fast', fires)
  await settled()
  const link = linkIn(taken()[0]?.text ?? '')
  const look = await fetch(local(link))
  expect(look.status).toBe(200)
  expect(await look.text()).toContain('<button')
  expect((await notifications())[0]?.readAt).toBeNull()
  expect((await fetch(local(link), { method: 'POST' })).status).toBe(200)
  expect((await notifications())[0]).toMatchObject({ status: 'ACKNOWLEDGED', readAt: expect.any(String) })
  expect(await stage.client.page('fast', fires)).toMatchObject({ body: { verdict: 'note' } })
  expect(await stage.client.page('fast', { ...fires, tier: '2', severity: 'critical' })).toMatchObject({
    body: { verdict: 'worse' },
  })
  await settled(2)
  expect(taken()).toHaveLength(2)
  expect(taken()[1]?.text).toContain('Worse now: ')
  // The tab of the warning is loaded again: it asks, with what the page is by now.
  const old = await fetch(local(link), { method: 'POST', body: new URLSearchParams({ level: 'warning' }) })
  expect(old.status).toBe(409)
  const form = await old.text()
  expect(form).toContain(`<h1>Worse now: ${alert}</h1>`)
  expect((await notifications())[0]?.readAt).toBeNull()
  // Nobody has that yet.
  expect(await stage.client.page('fast', { ...fires, tier: '2', severity: 'critical' })).toMatchObject({
    body: { verdict: 'tell' },
  })
  const [, level = ''] = /name="level" value="(\w+)"/.exec(form) ?? []
  const body = new URLSearchParams({ level })
  expect((await fetch(local(link), { method: 'POST', body })).status).toBe(200)
  await until('it is acknowledged', async () => (await notifications())[0]?.readAt !== null)
  expect((await notifications())[0]?.metadata.acknowledgedBy).toBe('alice')
})

it('takes a group of ten thousand alerts', async () => {
  const others = Array.from({ length: 9_999 }, (_, n) => `account-${n}`)
  const annotations = { description: 'd'.repeat(300), runbook_url: 'https://linda.example.com/runbook' }
  const told = await stage.client.page('sms', { alert, others, annotations })
  expect(told).toMatchObject({ status: 200, body: { verdict: 'open' } })
  await settled()
})

it('does not try again what somebody has acknowledged meanwhile', async () => {
  twilio.manner = (each) => (mine(each) ? 'hang' : 'accept')
  await stage.client.page('sms', { alert })
  await until('it is under way', () => asked().length === 1)
  const [under] = await notifications()
  await stage.client.post(`/api/notifications/${under?.id}/acknowledge`, { by: 'bob' })
  await settled()
  expect((await notifications())[0]?.metadata.recipients[0]?.state).toBe('cancelled')
  expect(asked()).toHaveLength(1)
  expect(pushed()).toEqual([])
})

it('repeats an unacknowledged page after its cooldown, and says that it is over', async () => {
  const fires = { alert, startsAt: Date.now() }
  await stage.client.page('fast', fires)
  await settled()
  await stage.client.page('fast', fires)
  await settled(2)
  expect(taken()[1]?.text).toContain('Again: ')
  expect(await stage.client.page('fast', { ...fires, status: 'resolved' })).toMatchObject({
    body: { verdict: 'end' },
  })
  await until('the end is told', () => pushed().length > 0)
  expect(pushed()[0]?.body).toBe(`Linda Bot: ${alert} on uae-1 is over.`)
  expect(await stage.client.page('fast', fires)).toMatchObject({ body: { verdict: 'open' } })
})

it('is acknowledged by a key, when Twilio has signed it, and cancels what was not sent yet', async () => {
  await stage.client.page('voice', { alert })
  await settled()
  const [call] = taken()
  const action = /action="([^"]+)"/.exec(call?.text ?? '')?.[1] ?? ''
  expect(action).toMatch(/^https:\/\/pager\.example\.com\/twilio\/key\//)
  const press = async (digits: string, token?: string) => {
    const fields = { CallSid: call?.sid ?? '', Digits: digits }
    const { getExpectedTwilioSignature } = (await import('twilio')).default
    const { authToken } = await import('../harness/providers/twilio.ts')
    const signature = getExpectedTwilioSignature(token ?? authToken, action, fields)
    const body = new URLSearchParams(fields)
    return fetch(local(action), { method: 'POST', headers: { 'x-twilio-signature': signature }, body })
  }
  expect((await press('1', 'somebody-elses-token-000')).status).toBe(403)
  expect(await (await press('5')).text()).toContain('does nothing')
  expect((await notifications())[0]?.readAt).toBeNull()
  expect(await (await press('1')).text()).toContain('Acknowledged')
  expect((await notifications())[0]?.status).toBe('ACKNOWLEDGED')
})

it('goes by another channel when nobody answers the call', async () => {
  await stage.client.page('voice', { alert })
  await settled()
  const status = taken()[0]?.statusCallback ?? ''
  const { getExpectedTwilioSignature } = (await import('twilio')).default
  const { authToken } = await import('../harness/providers/twilio.ts')
  const fields = { CallSid: taken()[0]?.sid ?? '', CallStatus: 'no-answer' }
  const signature = getExpectedTwilioSignature(authToken, status, fields)
  const report = await fetch(local(status), {
    method: 'POST',
    headers: { 'x-twilio-signature': signature },
    body: new URLSearchParams(fields),
  })
  expect(report.status).toBe(204)
  await until('the push arrives', () => pushed().length > 0)
  await settled()
})

it('is acknowledged by a reply with its number, from the number that was told', async () => {
  await stage.client.page('sms', { alert })
  await settled()
  const [code = ''] = /\b\d{4}\b/.exec(taken()[0]?.text ?? '') ?? []
  const { getExpectedTwilioSignature } = (await import('twilio')).default
  const { authToken } = await import('../harness/providers/twilio.ts')
  const reply = async (from: string, text: string) => {
    const fields = { From: from, Body: text }
    const signature = getExpectedTwilioSignature(authToken, `${publicUrl}/twilio/sms`, fields)
    const headers = { 'x-twilio-signature': signature }
    const body = new URLSearchParams(fields)
    return (await fetch(`${stage.callbacksUrl}/twilio/sms`, { method: 'POST', headers, body })).text()
  }
  expect(await reply(phones.bob, code)).not.toContain('Acknowledged')
  for (const _ of [1, 2, 3]) expect(await reply(phones.alice, 'what?')).toContain('No open page')
  // A phone that answers by itself would be answered for ever, and each answer is paid for.
  expect(await reply(phones.alice, 'what?')).not.toContain('<Message>')
  expect(await reply(phones.alice, ` ${code}!`)).toContain('Acknowledged')
  expect((await notifications())[0]?.status).toBe('ACKNOWLEDGED')
})

it('spends no more than the budget of an hour, and less for warnings', async () => {
  // Two of three calls are spent by the tests above.
  expect(await stage.metric('pager_budget_left{channel="voice"}')).toBeLessThanOrEqual(3)
  await until(
    'the calls are counted',
    async () => (await stage.metric('pager_budget_left{channel="voice"}')) === 1,
  )
  await stage.client.page('voice', { alert, severity: 'warning' })
  await settled()
  expect(taken()).toEqual([])
  expect(pushed()).toHaveLength(1)
})

it('pages the default receiver where the one that is named does not exist', async () => {
  const mistakes = 'pager_mistakes_total{what="unknown-receiver"}'
  const before = await stage.metric(mistakes)
  expect((await stage.client.page('nobody', { alert })).status).toBe(200)
  await settled()
  expect(taken().map(({ to }) => to)).toEqual([phones.bob])
  expect(await stage.metric(mistakes)).toBe(before + 1)
})

it('pushes with a fresh token when Google no longer takes the old one', async () => {
  fcm.revoke()
  await stage.client.page('push', { alert })
  await settled()
  expect(pushed()).toHaveLength(1)
})

it('forgets a device that is gone', async () => {
  fcm.manner = () => ({ status: 404 })
  await stage.client.page('push', { alert })
  const [notification] = await settled()
  expect(notification).toMatchObject({ status: 'FAILED', metadata: { attempts: 1 } })
})

it.each([
  ['another version', 400, (client: Stage['client']) => client.post('/v4/webhook/sms', { version: '3' })],
  ['no JSON', 400, (client: Stage['client']) => client.post('/v4/webhook/sms', '{')],
  [
    'no alerts',
    400,
    (client: Stage['client']) => client.post('/v4/webhook/sms', { version: '4', alerts: [] }),
  ],
  [
    'seventeen megabytes',
    413,
    (client: Stage['client']) => client.post('/v4/webhook/sms', 'x'.repeat(17_000_000)),
  ],
])('refuses %s with %i', async (_, status, send) => {
  const answer = await send(stage.client)
  expect(answer.status).toBe(status)
  expect(answer.body).toMatchObject({ status, detail: expect.any(String) })
})

it('refuses a wrong token, a made-up link and a bad question', async () => {
  const { apiUrl, callbacksUrl } = stage
  const wrong = await fetch(`${apiUrl}/v4/webhook/sms`, {
    method: 'POST',
    headers: { authorization: 'Bearer wrong' },
  })
  expect(wrong.status).toBe(401)
  expect((await fetch(`${apiUrl}/api/notifications`)).status).toBe(401)
  expect((await fetch(`${callbacksUrl}/a/${'A'.repeat(12)}.${'A'.repeat(16)}`)).status).toBe(404)
  expect((await fetch(`${callbacksUrl}/a/x`, { method: 'POST' })).status).toBe(404)
  const headers = { authorization: `Bearer ${stage.client.token}` }
  for (const query of ['limit=0', 'limit=1001', 'severity=bad', 'since=yesterday', 'what=ever'])
    expect((await fetch(`${apiUrl}/api/notifications?${query}`, { headers })).status, query).toBe(400)
})

it('finds notifications by account, severity, time and order of sending', async () => {
  await stage.client.page('fast', { alert, account: 'ksa-9', severity: 'warning' })
  await settled()
  const found = await stage.client.history('&account=ksa-9&severity=warning')
  expect(found.map((each) => each.type)).toEqual([type()])
  expect(await stage.client.history('&account=ksa-9&severity=critical')).toEqual([])
  expect(await stage.client.history(`&since=${new Date(Date.now() + 60_000).toISOString()}`)).toEqual([])
  const headers = { authorization: `Bearer ${stage.client.token}` }
  const after = async (number: number) =>
    (await (await fetch(`${stage.apiUrl}/api/notifications?sent_after=${number}`, { headers })).json()) as {
      notifications: { id: string }[]
      cursor: number
    }
  const { cursor, notifications: all } = await after(0)
  expect(all.at(-1)?.id).toBe(found[0]?.id)
  expect(await after(cursor)).toEqual({ notifications: [], cursor })
})

it('shows no phone number and no token in its metrics and its log', async () => {
  const text = await (await fetch(`${stage.metricsUrl}/metrics`)).text()
  expect(text).toContain('pager_notification_delay_seconds_bucket')
  for (const secret of [...Object.values(phones), invalidNumber, device('alice')]) {
    expect(text).not.toContain(secret.slice(1))
    expect(stage.logged()).not.toContain(secret.slice(1))
  }
})

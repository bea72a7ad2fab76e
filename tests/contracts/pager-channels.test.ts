// The contract of the Channel port, over its three drivers: every way a provider can answer, or not answer, has one name, and a driver never throws.

import { generateKeyPairSync } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { Secret } from '../../agent/config/secret.ts'
import type { Channel, Outgoing } from '../../alertmanager/pager/channels/channel.ts'
import { pushChannel } from '../../alertmanager/pager/channels/push.ts'
import { smsChannel } from '../../alertmanager/pager/channels/sms.ts'
import { voiceChannel } from '../../alertmanager/pager/channels/voice.ts'
import { segmentsOf } from '../../alertmanager/pager/decide/cut.ts'
import { type ChannelName, channelNames } from '../../alertmanager/pager/words.ts'
import { type Fcm, project, startFcm } from '../harness/providers/fcm.ts'
import { loopback, type Manner } from '../harness/providers/server.ts'
import {
  accountSid,
  authToken,
  invalidNumber,
  startTwilio,
  type Twilio,
} from '../harness/providers/twilio.ts'

let twilio: Twilio
let fcm: Fcm
/** What they do to the next requests, in order; afterwards they accept. */
let manners: Manner[] = []
const never = new AbortController().signal

beforeAll(async () => {
  const next = (): Manner => manners.shift() ?? 'accept'
  twilio = await startTwilio(next)
  fcm = await startFcm(next)
})
beforeEach(() => {
  manners = []
})
afterAll(async () => {
  await twilio.close()
  await fcm.close()
})

function open(
  name: ChannelName,
  { baseUrl, token = authToken }: { baseUrl?: string; token?: string } = {},
): Channel {
  const timeoutMs = 1_000
  if (name === 'push') {
    const { client_email, private_key, token_uri } = JSON.parse(fcm.credentials)
    const account = { email: client_email, key: new Secret(private_key), tokenUrl: token_uri }
    return pushChannel({ project, credentialsFile: '', baseUrl: baseUrl ?? fcm.url, timeoutMs }, account)
  }
  const config = {
    accountSid,
    authTokenFile: '',
    from: '+15005550006',
    baseUrl: baseUrl ?? twilio.url,
    timeoutMs,
    segments: 2,
  }
  return name === 'sms' ? smsChannel(config, new Secret(token)) : voiceChannel(config, new Secret(token))
}

function message(
  more: Partial<Outgoing['to']> = {},
  headline = 'Linda Bot Alert: it is <so> & so.',
): Outgoing {
  return {
    delivery: 'd',
    page: '01890000-0000-7000-8000-000000000000',
    to: { phone: '+971505760056', fcmToken: 'x'.repeat(30), locale: 'en', ...more },
    told: { title: 'Linda: A', headline, action: 'Action: look', runbook: null, answer: 'Reply 1234' },
    link: 'https://p.example/a/t',
    report: { status: 'https://p.example/twilio/status/t', key: 'https://p.example/twilio/key/t' },
  }
}

const cases: [what: string, manner: Manner, outcome: object][] = [
  ['accepts', 'accept', { outcome: 'accepted', providerId: expect.stringMatching(/./), retryAfterMs: null }],
  ['400', { status: 400, code: 21610 }, { outcome: 'refused', providerId: null }],
  ['403', { status: 403 }, { outcome: 'refused' }],
  ['404', { status: 404 }, { outcome: 'refused' }],
  ['429', { status: 429, retryAfter: '7' }, { outcome: 'busy', retryAfterMs: 7_000 }],
  ['429 without a time', { status: 429 }, { outcome: 'busy', retryAfterMs: null }],
  ['429 with an odd time', { status: 429, retryAfter: 'soon' }, { outcome: 'busy', retryAfterMs: null }],
  ['500', { status: 500 }, { outcome: 'unavailable' }],
  ['503', { status: 503, retryAfter: '1' }, { outcome: 'unavailable', retryAfterMs: 1_000 }],
  ['502', { status: 502 }, { outcome: 'unknown' }],
  ['504', { status: 504 }, { outcome: 'unknown' }],
  ['302', { status: 302 }, { outcome: 'unavailable' }],
  // A portal, a proxy, or an answer that broke off.
  ['200 without its name for it', { status: 200 }, { outcome: 'unknown', providerId: null, code: 'no-id' }],
  ['no answer', 'hang', { outcome: 'unknown', code: 'timeout' }],
  ['a cut connection', 'cut', { outcome: 'unknown' }],
]

it.each(channelNames.flatMap((name) => cases.map(([what, ...rest]) => [name, what, ...rest] as const)))(
  '%s: %s',
  async (name, _, manner, outcome) => {
    manners = [manner]
    expect(await open(name).send(message(), never)).toMatchObject(outcome)
  },
)

it.each(channelNames)('%s: nobody there is nothing sent', async (name) => {
  const gone = await loopback(() => 'hang')
  await gone.close()
  const outcome = await open(name, { baseUrl: gone.url }).send(message(), never)
  expect(outcome).toMatchObject({ outcome: 'unavailable' })
})

it.each(['sms', 'voice'] as const)('%s: what is over before it has begun was not sent', async (name) => {
  const body = { sid: `SM${'0'.repeat(32)}`, status: 'failed', error_code: 30007 }
  const over = await loopback(() => ({ status: 201, body }))
  const outcome = await open(name, { baseUrl: over.url }).send(message(), never)
  await over.close()
  expect(outcome).toMatchObject({ outcome: 'unavailable', providerId: null, code: '30007' })
})

it('voice: what cannot even be asked is not asked again and again', async () => {
  const asked = twilio.asked.length
  const outcome = await open('voice').send(message({}, 'a bell \u0007'), never)
  expect(outcome).toMatchObject({ outcome: 'refused', code: 'not-asked' })
  expect(twilio.asked).toHaveLength(asked)
})

it.each(channelNames)('%s: one that is given up is unknown', async (name) => {
  const channel = open(name)
  await channel.send(message(), never)
  manners = ['hang']
  const stopping = new AbortController()
  const sending = channel.send(message(), stopping.signal)
  stopping.abort()
  expect(await sending).toMatchObject({ outcome: 'unknown' })
})

it.each(['sms', 'voice'] as const)(
  '%s: a number that is none, and a token that is wrong, are refused for certain',
  async (name) => {
    expect(await open(name).send(message({ phone: invalidNumber }), never)).toMatchObject({
      outcome: 'refused',
      code: '21211',
    })
    expect(await open(name, { token: 'wrong-token-wrong-token' }).send(message(), never)).toMatchObject({
      outcome: 'refused',
      code: '20003',
    })
  },
)

it('cuts an SMS to its segments and asks for a report', async () => {
  await open('sms').send(message({}, 'ع'.repeat(500)), never)
  const sms = twilio.taken.at(-1)
  expect(segmentsOf(sms?.text ?? '')).toBe(2)
  expect(sms?.text).toMatch(/\nReply 1234$/)
  expect(sms?.statusCallback).toBe('https://p.example/twilio/status/t')
})

it('reads a call twice, escaped, in a voice of the language, and waits for a key', async () => {
  await open('voice').send(message({ locale: 'id' }), never)
  const twiml = twilio.taken.at(-1)?.text ?? ''
  expect(twiml.match(/it is &lt;so&gt; &amp; so\. Action: look/g)).toHaveLength(2)
  expect(twiml).toContain('<Gather numDigits="1" action="https://p.example/twilio/key/t" method="POST"')
  expect(twiml).toContain('language="id-ID"')
  expect(twiml).toContain('Tekan 1')
  await open('voice').send({ ...message({}, 'x&'.repeat(2_000)), report: null }, never)
  expect(twilio.taken.at(-1)?.text).toMatch(/<Response><Say [^>]+>(x&amp;){50,}/)
})

it('asks Google for one token for many messages, and shows the refusal of a device that is gone', async () => {
  const channel = open('push')
  const before = fcm.tokens
  await Promise.all(Array.from({ length: 5 }, () => channel.send(message(), never)))
  expect(fcm.tokens).toBe(before + 1)
  expect(fcm.taken.at(-1)?.data).toEqual({ page: message().page, link: message().link })
  manners = [{ status: 404 }]
  expect(await channel.send(message(), never)).toMatchObject({ outcome: 'refused', code: 'UNREGISTERED' })
})

it('takes a key that Google does not know for a provider that is out', async () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const key = new Secret(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())
  const { client_email: email, token_uri: tokenUrl } = JSON.parse(fcm.credentials)
  const config = { project, credentialsFile: '', baseUrl: fcm.url, timeoutMs: 1_000 }
  const outcome = await pushChannel(config, { email, key, tokenUrl }).send(message(), never)
  expect(outcome).toMatchObject({ outcome: 'unavailable', code: 'token-400' })
  const broken = await pushChannel(config, { email, key: new Secret('no key'), tokenUrl }).send(
    message(),
    never,
  )
  expect(broken).toMatchObject({ outcome: 'unavailable', code: 'token-bad-key' })
})

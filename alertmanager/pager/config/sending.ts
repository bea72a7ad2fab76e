// channels, retries, budgets and quiet hours: by what people are told, how often it is tried, and what keeps a storm cheap and a night quiet.

import { z } from 'zod'
import { duration } from '../../../agent/config/durations.ts'
import { phone } from '../../../agent/config/ids.ts'
import { integer, path } from '../../../agent/config/scalars.ts'
import { plainUrl } from '../../../agent/config/urls.ts'
import { formed, timeOfDay } from './keys.ts'

const timeout = duration({
  min: '100ms',
  max: '60s',
  about: 'How long an answer of the provider may take. Afterwards nobody knows whether it has the message.',
}).prefault('10s')

const twilio = z
  .strictObject({
    account_sid: formed(/^AC[0-9a-f]{32}$/, 'id', 'AC and 32 of 0-9 and a-f', {
      about: 'The account at Twilio.',
      example: 'AC0123456789abcdef0123456789abcdef',
    }),
    auth_token_file: path({
      about: 'File of its auth token; Twilio signs with it what it reports.',
      example: './secrets/twilio.token',
    }),
    from: phone({ about: 'The number that messages and calls come from.' }),
    base_url: plainUrl(['https', 'http'], { about: 'Where the API is.' }).prefault('https://api.twilio.com'),
    timeout,
    segments: integer({
      min: 1,
      max: 10,
      about: 'Longest message: so many times 153 characters, or 67 where one is not in the GSM alphabet.',
    }).prefault(3),
  })
  .transform((s) => ({
    accountSid: s.account_sid,
    authTokenFile: s.auth_token_file,
    from: s.from,
    baseUrl: s.base_url,
    timeoutMs: s.timeout,
    segments: s.segments,
  }))

const fcm = z
  .strictObject({
    project: formed(/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/, 'id', 'the id of a project at Google', {
      about: 'The Firebase project.',
      example: 'my-project',
    }),
    credentials_file: path({
      about: 'Key of a service account that may send messages, JSON as Google hands it out.',
      example: './secrets/fcm.json',
    }),
    base_url: plainUrl(['https', 'http'], { about: 'Where the API is.' }).prefault(
      'https://fcm.googleapis.com',
    ),
    timeout,
  })
  .transform((s) => ({
    project: s.project,
    credentialsFile: s.credentials_file,
    baseUrl: s.base_url,
    timeoutMs: s.timeout,
  }))

export const channels = z.strictObject({
  twilio: twilio.nullable().prefault(null),
  fcm: fcm.nullable().prefault(null),
})

export const retries = z
  .strictObject({
    count: integer({ min: 0, max: 10, about: 'Attempts after the first, for each channel.' }).prefault(3),
    apart: duration({ min: '10ms', max: '10m', about: 'Between two attempts.' }).prefault('5s'),
    longest: duration({
      min: '10ms',
      max: '10m',
      about: 'The longest that a provider may ask to wait; the next channel comes earlier.',
    }).prefault('60s'),
    again: duration({
      min: '100ms',
      max: '1h',
      about:
        'When every channel is out: from the end of one round to the next, while the page stands and nobody has acknowledged it.',
    }).prefault('1m'),
  })
  .transform((s) => ({ count: s.count, apartMs: s.apart, longestMs: s.longest, againMs: s.again }))

const budget = (what: string, fallback: number) =>
  integer({ min: 1, max: 100_000, about: `${what} within an hour.` }).prefault(fallback)

export const budgets = z
  .strictObject({
    sms: budget('SMS', 60),
    voice: budget('Calls', 20),
    push: budget('Push messages', 600),
    recipient_sms: budget('SMS to one recipient', 20),
    recipient_voice: budget('Calls to one recipient', 10),
    recipient_push: budget('Push messages to one recipient', 120),
  })
  .transform((s) => ({
    all: { sms: s.sms, voice: s.voice, push: s.push },
    each: { sms: s.recipient_sms, voice: s.recipient_voice, push: s.recipient_push },
  }))

export const quiet_hours = z
  .strictObject({
    from: timeOfDay({
      about: "When warnings begin to wait, in the recipient's time zone.",
      example: '"22:00"',
    }),
    to: timeOfDay({ about: 'When they are told.', example: '"07:00"' }),
  })
  .nullable()
  .prefault(null)

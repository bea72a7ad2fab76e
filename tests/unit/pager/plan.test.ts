// Whom a receiver tells by what: everybody by each channel that reaches him, once, and nobody is left out without a word.

import { expect, it } from 'vitest'
import type { Receiver, Recipient } from '../../../alertmanager/pager/config/schema.ts'
import { planOf } from '../../../alertmanager/pager/decide/plan.ts'

const person = (more: Partial<Recipient>): Recipient => ({
  phone: null,
  fcmToken: null,
  locale: 'en',
  timeZone: 'UTC',
  twoWay: false,
  ...more,
})
const people = {
  recipients: {
    both: person({ phone: '+971505760056', fcmToken: 'x'.repeat(20) }),
    app: person({ fcmToken: 'x'.repeat(20) }),
    none: person({}),
  },
  schedules: { rota: { timeZone: 'UTC', startDay: 0, handover: 0, rotation: ['both'], shifts: [] } },
  channels: { twilio: {} as never, fcm: {} as never },
}
const receiver = (more: Partial<Receiver>): Receiver => ({
  channels: ['sms'],
  fallback: [],
  recipients: [],
  schedule: null,
  cooldownMs: 0,
  forgetMs: 0,
  nextUpdateMs: 0,
  resolved: [],
  ...more,
})
const plan = (more: Partial<Receiver>) =>
  planOf(receiver(more), people, 0).map(({ recipient, channel, course }) => [
    recipient,
    channel,
    course?.channel ?? null,
  ])

it.each<[string, Partial<Receiver>, unknown[][]]>([
  [
    'each channel',
    { channels: ['sms', 'voice'], recipients: ['both'] },
    [
      ['both', 'sms', 'sms'],
      ['both', 'voice', 'voice'],
    ],
  ],
  ['whoever is on call as well, once', { recipients: ['both'], schedule: 'rota' }, [['both', 'sms', 'sms']]],
  ['the fallback of who has no phone', { fallback: ['push'], recipients: ['app'] }, [['app', 'sms', 'push']]],
  [
    'one push for two channels that need a phone',
    { channels: ['sms', 'voice'], fallback: ['push'], recipients: ['app'] },
    [['app', 'sms', 'push']],
  ],
  [
    'no second push beside the first',
    { channels: ['sms', 'push'], fallback: ['push'], recipients: ['app'] },
    [['app', 'push', 'push']],
  ],
  [
    'a word about whom nothing reaches',
    { channels: ['sms', 'voice'], recipients: ['none', 'both'] },
    [
      ['none', 'sms', null],
      ['both', 'sms', 'sms'],
      ['both', 'voice', 'voice'],
    ],
  ],
])('%s', (_, more, expected) => {
  expect(plan(more)).toEqual(expected)
})

// recipients, schedules and receivers: who may be told at all, who is on call when, and what a name in Alertmanager means.

import { z } from 'zod'
import { duration } from '../../../agent/config/durations.ts'
import { phone } from '../../../agent/config/ids.ts'
import { flag, oneOf } from '../../../agent/config/scalars.ts'
import { timezone } from '../../../agent/config/times.ts'
import { channelNames, locales, weekdays } from '../words.ts'
import { date, formed, name, timeOfDay } from './keys.ts'

const recipient = z
  .strictObject({
    phone: phone({ about: 'Number for SMS and calls, quoted.' }).nullable().prefault(null),
    fcm_token: formed(/^[!-~]{20,4096}$/, 'text', '20 to 4096 visible ASCII characters', {
      about: 'Registration token of the device that gets push messages.',
      example: '"cK9x...:APA91b..."',
    })
      .nullable()
      .prefault(null),
    locale: oneOf(locales, { about: 'Language of the messages.' }).prefault('en'),
    time_zone: timezone({ about: 'Where the quiet hours are.' }).prefault('UTC'),
    two_way: flag({
      about: 'Whether an SMS can be answered where this number is; the message then says what to answer.',
    }).prefault(false),
  })
  .transform((s) => ({
    phone: s.phone,
    fcmToken: s.fcm_token,
    locale: s.locale,
    timeZone: s.time_zone,
    twoWay: s.two_way,
  }))

const names = (about: string) => z.array(name({ about, example: 'alice' })).prefault([])

const shift = z.strictObject({
  days: z.array(oneOf(weekdays, { about: 'Days on which it begins.', example: 'sat' })).min(1),
  from: timeOfDay({ about: 'When it begins.', example: '"08:00"' }),
  to: timeOfDay({ about: 'When it ends; the next day where it is not later.', example: '"20:00"' }),
  recipients: names('Who is on call then.'),
})

const schedule = z
  .strictObject({
    time_zone: timezone({ about: 'Where its days and hours are.' }).prefault('UTC'),
    start: date({
      about: 'The day on which the first of the rotation begins; the next follows a week later.',
      example: '"2026-01-05"',
    }),
    handover: timeOfDay({ about: 'The hour of that.' }).prefault('09:00'),
    rotation: names('Who is on call, a week each.'),
    shifts: z.array(shift).prefault([]),
  })
  .transform((s) => ({
    timeZone: s.time_zone,
    startDay: s.start,
    handover: s.handover,
    rotation: s.rotation,
    shifts: s.shifts,
  }))

const channelList = (about: string) => z.array(oneOf(channelNames, { about, example: 'sms' })).prefault([])

const receiver = z
  .strictObject({
    channels: channelList('By what each recipient is told: by all of them.'),
    fallback: channelList('By what when one of those is out, in this order.'),
    recipients: names('Who is told.'),
    schedule: name({ about: 'Whose rota says who else is told.', example: 'primary' })
      .nullable()
      .prefault(null),
    cooldown: duration({
      min: '0s',
      max: '30d',
      about:
        'How long the same page is not sent again to somebody who was told. Looked at whenever Alertmanager repeats itself (`repeat_interval`).',
    }).prefault('50m'),
    forget: duration({
      min: '1s',
      max: '30d',
      about: 'When an alert of which nothing more is heard is over. Several times the `repeat_interval`.',
    }).prefault('12h'),
    next_update: duration({ min: '1m', max: '1d', about: 'What messages promise, where they do.' }).prefault(
      '10m',
    ),
    resolved: z
      .array(oneOf(channelNames, { about: 'By what those who were told hear that it is over.' }))
      .prefault(['push']),
  })
  .transform((s) => ({
    channels: s.channels,
    fallback: s.fallback,
    recipients: s.recipients,
    schedule: s.schedule,
    cooldownMs: s.cooldown,
    forgetMs: s.forget,
    nextUpdateMs: s.next_update,
    resolved: s.resolved,
  }))

export const recipients = z.record(z.string(), recipient).prefault({})
export const schedules = z.record(z.string(), schedule).prefault({})
export const receivers = z.record(z.string(), receiver).prefault({})

// reports: when reports over a day, a week and a month are made, what they show, and the mail server that takes them.

import { z } from 'zod'
import { duration } from '../durations.ts'
import { address, host } from '../mail.ts'
import { integer, oneOf, path, text } from '../scalars.ts'
import { timezone, when } from '../times.ts'

/** What can be attached to the mail of a report, beside its text. */
export const attachments = ['pdf', 'csv', 'json'] as const

const smtp = z
  .strictObject({
    host: host({ about: 'The mail server that takes the reports.', example: 'mail.example' }),
    port: integer({
      min: 1,
      max: 65_535,
      about: 'Its port; commonly 587 with `starttls`, 465 with `tls`.',
    }).prefault(587),
    secure: oneOf(['starttls', 'tls', 'none'], {
      about:
        'How the connection is encrypted: after a greeting in clear, from its first byte, or not at all. A server without it gets no mail.',
    }).prefault('starttls'),
    username: text({ about: 'Name to log in with, where the server asks for one.', example: 'linda' })
      .nullable()
      .prefault(null),
    password_file: path({ about: 'File that holds the password.', example: './secrets/smtp.password' })
      .nullable()
      .prefault(null),
    timeout: duration({
      min: '1s',
      max: '5m',
      about: 'How long one attempt to hand over a mail may take.',
    }).prefault('30s'),
  })
  .transform((s) => ({
    host: s.host,
    port: s.port,
    secure: s.secure,
    username: s.username,
    passwordFile: s.password_file,
    timeoutMs: s.timeout,
  }))

export const reports = z
  .strictObject({
    daily: when({
      days: '* * *',
      about: 'When the report of the 24 hours before is sent; a time of day means each day.',
      example: '"07:00"',
    }).prefault('off'),
    weekly: when({
      days: '* * 1',
      about: 'When the report of the seven days before is sent; a time of day means each Monday.',
      example: '"07:00"',
    }).prefault('off'),
    monthly: when({
      days: '1 * *',
      about: 'When the report of the thirty days before is sent; a time of day means each first of a month.',
      example: '"07:00"',
    }).prefault('off'),
    timezone: timezone({
      about: 'The time zone of these times and of every time and weekday in a report.',
      example: 'Asia/Dubai',
    }).prefault('UTC'),
    formats: z
      .array(oneOf(attachments, { about: 'What is attached to the mail, whose text is the report as HTML.' }))
      .prefault(['pdf', 'csv']),
    phones: oneOf(['masked', 'full'], {
      about: 'Whether reports show phone numbers whole or with their first and last digits only.',
    }).prefault('masked'),
    to: z
      .array(address({ about: 'Who gets the reports.', example: 'sre@example.com' }))
      .max(50)
      .prefault([]),
    from: address({ about: 'The sender of the mails.', example: 'linda@example.com' })
      .nullable()
      .prefault(null),
    smtp: smtp.nullable().prefault(null),
  })
  .transform(({ daily, weekly, monthly, ...rest }) => ({ when: { daily, weekly, monthly }, ...rest }))

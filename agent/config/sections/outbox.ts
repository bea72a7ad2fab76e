// outbox: how long messages are tried, how many may wait, and how fast an account may write.

import { z } from 'zod'
import { duration } from '../durations.ts'
import { integer, oneOf } from '../scalars.ts'

const warmUp = z
  .strictObject({
    days: integer({
      min: 1,
      max: 365,
      about: 'Days until an account may write as much as any other.',
    }).prefault(14),
    first_day: integer({
      min: 1,
      max: 100_000,
      about: 'Messages on its first day; the allowance grows by the same factor every day.',
    }).prefault(50),
  })
  .transform((s) => ({ days: s.days, firstDay: s.first_day }))

const rate = (about: string) => integer({ min: 1, max: 1_000_000, about }).nullable().prefault(null)

export const outbox = z
  .strictObject({
    limit: integer({
      min: 1,
      max: 10_000_000,
      about: 'Messages that may wait; above this the API answers 429 and accepts nothing.',
    }).prefault(100_000),
    expires_after: duration({
      min: '1s',
      max: '30d',
      about: 'How long a message is tried where its sender names no time.',
    }).prefault('24h'),
    max_attempts: integer({
      min: 1,
      max: 1000,
      about:
        'Attempts that may end in an error before a message fails. An unknown outcome is no error, it is repeated under the same id; only a connection that closes under the message each time is one.',
    }).prefault(8),
    retry_base: duration({
      min: '10ms',
      max: '1h',
      about: 'Delay before the second attempt; it doubles.',
    }).prefault('1s'),
    retry_cap: duration({
      min: '10ms',
      max: '24h',
      about: 'No delay is longer than this. At least `retry_base`.',
    }).prefault('5m'),
    in_flight: integer({
      min: 1,
      max: 1000,
      about: 'Messages of one account that may be on their way at once, each of another conversation.',
    }).prefault(16),
    unsure: oneOf(['resend', 'hold'], {
      about:
        'What is done with a message that a failed account may have sent: another one sends it, marked as a possible duplicate, or a person decides.',
    }).prefault('resend'),
    grace: duration({
      min: '0s',
      max: '24h',
      about: 'How long an acknowledgement for such a message is waited for first.',
    }).prefault('10s'),
    keep: duration({
      min: '1h',
      max: '365d',
      about:
        'How long messages are kept after their end: for questions, repeated keys, and recipients who could not decrypt.',
    }).prefault('7d'),
    account_per_minute: rate('Messages that one account may send in a minute; null for no limit.'),
    account_per_day: rate(
      'Messages that one account may send in any 24 hours, also over restarts; null for no limit.',
    ),
    pool_per_minute: rate(
      'Messages that all accounts of a pool together may send in a minute on this node; null for no limit.',
    ),
    warm_up: warmUp.nullable().prefault(null),
  })
  .transform((s) => ({
    limit: s.limit,
    expiresAfterMs: s.expires_after,
    retry: { baseMs: s.retry_base, capMs: s.retry_cap, maxAttempts: s.max_attempts },
    inFlight: s.in_flight,
    unsure: s.unsure,
    graceMs: s.grace,
    keepMs: s.keep,
    rates: {
      accountPerMinute: s.account_per_minute,
      accountPerDay: s.account_per_day,
      poolPerMinute: s.pool_per_minute,
      warmUp: s.warm_up,
    },
  }))

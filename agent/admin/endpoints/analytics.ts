// The past of the accounts: recovery, reliability, the way of the score and where it is going.

import { z } from 'zod'
import { endpoint } from '../contract/endpoint.ts'
import type { Fields } from '../filter/terms.ts'
import { type ListSpec, listQuery } from '../list/query.ts'
import { fleetLimit, listHeaders, nextCursor, rowOf } from '../schemas/lists.ts'
import { direction } from '../schemas/report.ts'
import { accountId, accountPath, count, duration, phone, score, time } from '../schemas/scalars.ts'

const who = { phoneNumber: phone, account: accountId }
const known = z.number().nullable()
const period = z.string().default('7d').meta({ description: 'From 1h to 365d, up to now.', example: '7d' })
const trend = z
  .strictObject({ samples: count, mean: known, lowest: known, slopePerDay: known, direction })
  .meta({ id: 'Trend' })
const forecast = z
  .strictObject({
    hours: z.number(),
    threshold: z.number(),
    method: z.string(),
    expected: known,
    error: known,
    below: z.enum(['yes', 'maybe', 'no', 'unknown']),
  })
  .meta({ id: 'Forecast' })
const failures = z.strictObject({ byHour: z.array(count), byWeekday: z.array(count) })
const figures = {
  outages: count,
  meanTimeToRecovery: duration.nullable(),
  recoverySuccessRate: known,
  reliability: known,
}

const analysed = z.strictObject({ ...who, ...figures, trend, forecast }).meta({ id: 'AccountAnalytics' })

const filters = {
  account: { type: 'text' },
  phoneNumber: { type: 'text' },
  pool: { type: 'text' },
} as const satisfies Fields

export const analyticsList: ListSpec = {
  filters,
  sorts: ['place', 'account', '-account'],
  fields: Object.keys(analysed.shape),
  limit: fleetLimit,
}

const shared = {
  method: 'get',
  tag: 'analytics',
  role: 'viewer',
  scope: 'pools',
  codes: { period: 'bad-period' },
} as const

export const listAnalytics = endpoint({
  ...shared,
  path: '/api/analytics',
  id: 'listAnalytics',
  summary: 'Every account side by side',
  description: 'Only the accounts of the page are looked at: ask for less of a large fleet.',
  query: listQuery(analyticsList).extend({ period }),
  answers: {
    200: {
      description: 'The accounts.',
      headers: listHeaders,
      json: z.strictObject({ from: time, until: time, accounts: z.array(rowOf(analysed)), nextCursor }),
    },
  },
  problems: ['bad-cursor', 'bad-range', 'history-away'],
})

export const getAnalytics = endpoint({
  ...shared,
  path: '/api/analytics/{phoneNumber}',
  id: 'getAnalytics',
  summary: 'The past of one account, with its failures by hour and weekday',
  params: accountPath,
  query: z.strictObject({ period }),
  answers: {
    200: {
      description: 'The past.',
      json: z.strictObject({ ...who, from: time, until: time, ...figures, failures, trend, forecast }),
    },
  },
  problems: ['unknown-account', 'bad-range', 'history-away'],
})

export const getTrend = endpoint({
  ...shared,
  path: '/api/health/trends/{phoneNumber}',
  id: 'getTrend',
  tag: 'health',
  summary: "The way of an account's score through a period",
  params: accountPath,
  query: z.strictObject({ period }),
  answers: {
    200: {
      description: 'The way.',
      json: z.strictObject({
        ...who,
        from: time,
        until: time,
        trend,
        forecast,
        samples: z.array(z.strictObject({ timestamp: time, overallScore: score })),
      }),
    },
  },
  problems: ['unknown-account', 'bad-range', 'history-away'],
})

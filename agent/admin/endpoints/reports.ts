// Reports and the fleet's state in one answer.

import { z } from 'zod'
import { accountModes, reportFormats, reportTypes, sessionStates } from '../../words.ts'
import { endpoint } from '../contract/endpoint.ts'
import type { Fields } from '../filter/terms.ts'
import { filterOver } from '../list/query.ts'
import { report } from '../schemas/report.ts'
import { accountId, count, duration, moment, poolId, ratio, time } from '../schemas/scalars.ts'

const MOST_PHONES = 10_000
/** A clock that is this much ahead of ours, in milliseconds, does not ask for the future. */
const AHEAD_MS = 60_000

const type = z.enum(reportTypes, { error: `allowed: ${reportTypes.join(', ')}` })
const format = z.enum(reportFormats, { error: `allowed: ${reportFormats.join(', ')}` }).default('json')
const key = z.string().trim().min(1, 'an account id or a phone').max(64, 'an account id or a phone')
const until = moment
  .refine((at) => at >= 0 && at <= Date.now() + AHEAD_MS, 'a time that is not to come')
  .optional()
  .meta({ description: 'End of the period; now where it is left out.' })

/** What accounts of a report can be chosen by. */
export const reportFilters = {
  account: { type: 'text' },
  phoneNumber: { type: 'text' },
  pool: { type: 'text' },
  role: { type: 'word', words: ['primary', 'backup'] },
  region: { type: 'text' },
} as const satisfies Fields

const filter = filterOver(reportFilters)
  .optional()
  .meta({
    description: `Which accounts: terms over ${Object.keys(reportFilters).join(', ')}.`,
    example: 'pool:sales',
    override: { type: 'string', maxLength: 1_000 },
  })

const document = {
  200: {
    description: 'The report, in the form that was asked for.',
    types: ['text/html; charset=utf-8', 'application/pdf', 'text/csv; charset=utf-8; header=present'],
    headers: { 'content-disposition': 'With a name for the file.' },
    json: report,
  },
} as const

export const getReport = endpoint({
  method: 'get',
  path: '/api/reports/{type}',
  id: 'getReport',
  tag: 'reports',
  summary: 'A report of a day, seven days or thirty days',
  description: 'For a caller who is limited to pools it is made of their accounts alone.',
  role: 'viewer',
  scope: 'pools',
  params: z.strictObject({ type }),
  codes: { type: 'bad-type' },
  query: z.strictObject({
    format,
    phones: z
      .string()
      .transform((text) => text.split(','))
      .pipe(z.array(key).max(MOST_PHONES))
      .optional()
      .meta({ description: 'Account ids or phones with commas between them.', override: { type: 'string' } }),
    filter,
    until,
  }),
  noHead: 'a report',
  answers: document,
  problems: ['unknown-account', 'busy', 'history-away', 'too-slow'],
})

export const makeReport = endpoint({
  method: 'post',
  path: '/api/reports',
  id: 'makeReport',
  tag: 'reports',
  summary: 'The same, for more accounts than an address can hold',
  role: 'viewer',
  scope: 'pools',
  body: {
    schema: z.strictObject({
      type,
      format,
      phones: z.array(key).max(MOST_PHONES).optional(),
      filter,
      until,
    }),
    example: { type: 'weekly', format: 'json', filter: 'pool:sales' },
  },
  answers: document,
  problems: ['unknown-account', 'busy', 'history-away', 'too-slow'],
})

export const sendReport = endpoint({
  method: 'post',
  path: '/api/reports/{type}/send',
  id: 'sendReport',
  tag: 'reports',
  summary: 'Send a report by mail to those who are configured',
  role: 'operator',
  scope: 'fleet',
  params: z.strictObject({ type }),
  codes: { type: 'bad-type' },
  answers: {
    202: {
      description: 'It is being sent; how it ends is an event.',
      json: z.strictObject({ type, sending: z.literal(true) }),
    },
  },
  problems: ['no-mail', 'under-way', 'store-away'],
})

const percent = z.number().nullable()

export const fleetReport = endpoint({
  method: 'get',
  path: '/api/fleet/report',
  id: 'fleetReport',
  tag: 'reports',
  summary: 'The state of the fleet in one answer, made every minute',
  role: 'viewer',
  scope: 'fleet',
  etag: true,
  answers: {
    200: {
      description: 'The state.',
      json: z.strictObject({
        at: time,
        masters: z.array(
          z.strictObject({
            account: accountId,
            pool: poolId,
            role: z.string(),
            region: z.string(),
            mode: z.enum(accountModes),
            state: z.enum(sessionStates),
            up: z.boolean(),
            healthScore: percent,
            healthStatus: z.string(),
            uptimePercent: percent,
            failurePercent: percent,
            share: ratio,
            active: count,
            issues: z.array(z.strictObject({ issue: z.string(), severity: z.string() })),
          }),
        ),
        totals: z.strictObject({
          accounts: count,
          up: count,
          byState: z.record(z.string(), count),
          byStatus: z.record(z.string(), count),
        }),
        uptimePercent: percent,
        failurePercent: percent,
        meanTimeToRecovery: duration.nullable(),
        distribution: z.record(poolId, z.record(accountId, z.number())),
        openProblems: z.array(
          z.strictObject({ account: accountId.nullable(), problem: z.string(), severity: z.string() }),
        ),
        failovers: z.array(z.strictObject({ account: accountId, outcome: z.string(), at: time })),
        trends: z
          .strictObject({ since: time, up: z.number(), score: percent, failurePercent: percent })
          .nullable(),
      }),
    },
  },
})

// Health: scores with what they rest on, checks by hand, the state of the whole, and the diagnoses.

import { z } from 'zod'
import { capNames } from '../../health/caps.ts'
import { issues, severities } from '../../health/diagnosis.ts'
import { factorNames } from '../../health/factors.ts'
import { sessionStates } from '../../words.ts'
import { endpoint } from '../contract/endpoint.ts'
import type { Fields } from '../filter/terms.ts'
import { type ListSpec, listQuery } from '../list/query.ts'
import { etagHeaders, fleetLimit, listHeaders, nextCursor, rowOf } from '../schemas/lists.ts'
import {
  accountId,
  accountPath,
  count,
  duration,
  phone,
  ratio,
  score,
  timeOrNull,
} from '../schemas/scalars.ts'
import { healthWords } from '../wording.ts'

const status = z.enum(healthWords).meta({ id: 'HealthStatus' })
const factors = z.partialRecord(
  z.enum(factorNames),
  z.strictObject({ value: z.number().nullable(), score: z.number().nullable() }),
)
const parts = {
  healthScore: score,
  confidence: ratio,
  status,
  caps: z.array(z.strictObject({ name: z.enum(capNames), at: z.number() })),
  factors,
}
const who = { phoneNumber: phone, account: accountId }
const figures = {
  uptimePercent: z.number().nullable(),
  responseTime: duration.nullable(),
  lastCheck: timeOrNull,
}

export const scored = z.strictObject({ ...who, ...parts }).meta({ id: 'HealthScore' })
export const measured = z.strictObject({ ...who, ...parts, ...figures }).meta({ id: 'HealthMetrics' })

const filters = {
  account: { type: 'text' },
  phoneNumber: { type: 'text' },
  pool: { type: 'text' },
  status: { type: 'word', words: healthWords },
  healthScore: { type: 'number' },
  confidence: { type: 'number' },
} as const satisfies Fields
const sorts = ['place', 'account', '-account', 'healthScore', '-healthScore', 'status', '-status'] as const

export const scoreList: ListSpec = {
  filters,
  sorts,
  fields: Object.keys(scored.shape),
  limit: fleetLimit,
}
export const metricsList: ListSpec = {
  filters: {
    ...filters,
    uptimePercent: { type: 'number' },
    responseTime: { type: 'number' },
    lastCheck: { type: 'time' },
  },
  sorts: [...sorts, 'uptimePercent', '-uptimePercent', 'responseTime', '-responseTime'],
  fields: Object.keys(measured.shape),
  limit: fleetLimit,
}

export const getHealthScores = endpoint({
  method: 'get',
  path: '/api/dashboard/health-score',
  id: 'getHealthScores',
  tag: 'health',
  summary: "The fleet's score and every account's, with the factors that they are made of",
  description: 'The overall score is of all accounts that the caller may see, whatever the filter.',
  role: 'viewer',
  scope: 'pools',
  query: listQuery(scoreList),
  kept: true,
  etag: true,
  answers: {
    200: {
      description: 'The scores.',
      headers: { ...listHeaders, ...etagHeaders },
      json: z.strictObject({
        overallScore: score,
        confidence: ratio,
        status,
        accounts: z.array(rowOf(scored)),
        nextCursor,
      }),
    },
  },
  problems: ['bad-cursor'],
})

export const getHealthStatus = endpoint({
  method: 'get',
  path: '/api/health/status',
  id: 'getHealthStatus',
  tag: 'health',
  summary: 'The whole in figures: accounts by status, averages, checks',
  role: 'viewer',
  scope: 'pools',
  kept: true,
  etag: true,
  answers: {
    200: {
      description: 'The figures.',
      headers: etagHeaders,
      json: z.strictObject({
        overallScore: score,
        confidence: ratio,
        status,
        totals: z.strictObject({ HEALTHY: count, WARNING: count, UNHEALTHY: count, UNKNOWN: count }),
        averageUptimePercent: z.number().nullable(),
        averageResponseTime: duration.nullable(),
        totalChecks: count.nullable().meta({
          description: 'Of the whole node; null for a caller who is limited to pools.',
        }),
        totalRecoveryAttempts: count,
      }),
    },
  },
})

export const listHealthMetrics = endpoint({
  method: 'get',
  path: '/api/health/metrics',
  id: 'listHealthMetrics',
  tag: 'health',
  summary: 'Score, uptime and response time of every account',
  role: 'viewer',
  scope: 'pools',
  query: listQuery(metricsList),
  kept: true,
  etag: true,
  answers: {
    200: {
      description: 'The accounts.',
      headers: { ...listHeaders, ...etagHeaders },
      json: z.strictObject({ accounts: z.array(rowOf(measured)), nextCursor }),
    },
  },
  problems: ['bad-cursor'],
})

export const checkHealth = endpoint({
  method: 'post',
  path: '/api/health/check',
  id: 'checkHealth',
  tag: 'health',
  summary: 'Ask one session or all of them for a sign of life now',
  role: 'operator',
  scope: 'pools',
  body: {
    schema: z.strictObject({ phoneNumber: z.string().min(1).max(64).optional() }),
    optional: true,
    example: { phoneNumber: 'uae-1' },
  },
  answers: {
    200: {
      description: 'What was found.',
      json: z.strictObject({
        checked: count,
        alive: count,
        ms: duration,
        accounts: z.array(
          z.strictObject({ ...who, state: z.enum(sessionStates), alive: z.boolean(), ms: duration }),
        ),
      }),
    },
  },
  problems: ['unknown-account'],
})

export const getHealth = endpoint({
  method: 'get',
  path: '/api/health/{phoneNumber}',
  id: 'getHealth',
  tag: 'health',
  summary: 'The health of one account',
  role: 'viewer',
  scope: 'pools',
  params: accountPath,
  etag: true,
  answers: {
    200: {
      description: 'The health.',
      headers: etagHeaders,
      json: z.strictObject({
        ...who,
        ...parts,
        ...figures,
        consecutiveFailures: count,
        recoveryAttempts: count,
        issues: z.array(z.enum(issues)),
      }),
    },
  },
  problems: ['unknown-account'],
})

export const diagnosisParts = {
  issue: z.enum(issues),
  severity: z.enum(severities),
  analysis: z.strictObject({ pattern: z.string(), rootCause: z.string(), impact: z.string() }),
  numbers: z.record(z.string(), z.union([z.number(), z.string()])).meta({
    description: 'What the words rest on.',
  }),
  recommendations: z.array(
    z.strictObject({
      action: z.string(),
      value: z.union([z.number(), z.string(), z.null()]),
      expectedImprovement: z.string(),
    }),
  ),
}
export { issues, severities }

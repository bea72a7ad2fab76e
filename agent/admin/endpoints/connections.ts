// The connections of the fleet, in the shapes of the contract.

import { z } from 'zod'
import { reasons, sessionStates } from '../../words.ts'
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
  poolId,
  score,
  time,
  timeOrNull,
} from '../schemas/scalars.ts'
import { healthWords, statusOf } from '../wording.ts'

const statuses = sessionStates.map(statusOf)
export const status = z.enum(statuses as [string, ...string[]]).meta({
  id: 'ConnectionStatus',
  description: 'CONNECTED for an open session, otherwise the name of its state.',
})

export const connection = z
  .strictObject({
    phoneNumber: phone,
    account: accountId,
    pool: poolId,
    status,
    up: z.boolean().meta({ description: 'Open, and the server has given a sign of life lately.' }),
    uptime: duration,
    healthScore: score,
    qrMetrics: z.strictObject({
      qrsGenerated: count,
      regenerationAttempts: count,
      successRate: z.number().nullable().meta({ description: 'Percent of the attempts that were scanned.' }),
    }),
    lastActivity: timeOrNull,
    nextAlert: z.string().nullable().meta({ description: 'What a person must do something about.' }),
  })
  .meta({ id: 'Connection' })

const filters = {
  account: { type: 'text' },
  phoneNumber: { type: 'text' },
  pool: { type: 'text' },
  status: { type: 'word', words: statuses },
  up: { type: 'flag' },
  uptime: { type: 'number' },
  healthScore: { type: 'number' },
  lastActivity: { type: 'time' },
  nextAlert: { type: 'text' },
  qrsGenerated: { type: 'number' },
  regenerationAttempts: { type: 'number' },
  successRate: { type: 'number' },
} as const satisfies Fields

export const connectionList: ListSpec = {
  filters,
  sorts: [
    'place',
    'account',
    '-account',
    'healthScore',
    '-healthScore',
    'uptime',
    '-uptime',
    'lastActivity',
    '-lastActivity',
    'status',
    '-status',
  ],
  fields: Object.keys(connection.shape),
  limit: fleetLimit,
}

export const listConnections = endpoint({
  method: 'get',
  path: '/api/dashboard/connections',
  id: 'listConnections',
  tag: 'connections',
  summary: 'Every account with its connection, and the fleet as a whole',
  description:
    '`systemHealth` is made of the accounts that the filter lets through, on all pages. Uptimes grow with every read: an ETag is given only where `fields` leaves `uptime` out.',
  role: 'viewer',
  scope: 'pools',
  query: listQuery(connectionList),
  kept: true,
  etag: (query) => query.has('fields') && !query.get('fields')?.split(',').includes('uptime'),
  answers: {
    200: {
      description: 'The accounts.',
      headers: { ...listHeaders, ...etagHeaders },
      json: z.strictObject({
        connections: z.array(rowOf(connection)),
        systemHealth: z.strictObject({
          overallScore: score,
          activeAccounts: count,
          disconnectedAccounts: count,
          pendingAlerts: count,
        }),
        nextCursor,
      }),
    },
  },
  problems: ['bad-cursor'],
})

export const getConnection = endpoint({
  method: 'get',
  path: '/api/dashboard/connections/{phoneNumber}',
  id: 'getConnection',
  tag: 'connections',
  summary: 'One connection, what is wrong with it and what to do',
  role: 'viewer',
  scope: 'pools',
  params: accountPath,
  answers: {
    200: {
      description: 'The connection.',
      json: z.strictObject({
        accountHealth: z.strictObject({
          phoneNumber: phone,
          account: accountId,
          status,
          up: z.boolean(),
          since: timeOrNull,
          uptime: duration,
          lastActivity: timeOrNull,
          lastDisconnect: z
            .strictObject({ at: time, reason: z.enum(reasons), code: z.int().nullable() })
            .nullable(),
          nextKeepalive: timeOrNull,
          nextConnect: timeOrNull,
          restriction: z.strictObject({ kind: z.string(), untilMs: z.number().nullable() }).nullable(),
          epoch: count,
        }),
        qrMetrics: z.strictObject({
          qrsGenerated: count,
          regenerationAttempts: count,
          regenerationsFailed: count,
          averageTimeToConnect: duration.nullable(),
          lastQRTime: timeOrNull,
        }),
        healthScore: score,
        healthStatus: z.enum(healthWords),
        issues: z.array(z.string()),
        recommendations: z.array(z.string()),
      }),
    },
  },
  problems: ['unknown-account'],
})

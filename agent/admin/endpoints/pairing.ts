// Pairing: codes, and what was learned about scan times.

import { z } from 'zod'
import { type PolicyName, policies } from '../../pairing/learning/policies/index.ts'
import { pairingMethods } from '../../words.ts'
import { endpoint } from '../contract/endpoint.ts'
import type { Fields } from '../filter/terms.ts'
import { type ListSpec, listQuery } from '../list/query.ts'
import { etagHeaders, fleetLimit, listHeaders, rowOf } from '../schemas/lists.ts'
import {
  accountId,
  accountPath,
  count,
  duration,
  phone,
  ratio,
  time,
  timeOrNull,
} from '../schemas/scalars.ts'
import { status } from './connections.ts'

const who = { phoneNumber: phone, account: accountId }
export const formats = ['json', 'png', 'svg', 'text'] as const
const scopes = ['accounts', 'fleet'] as const

/** A word of a few, with what was found. */
function oneOf<const W extends readonly [string, ...string[]]>(words: W) {
  return z.enum(words, {
    error: ({ input }) => `found "${String(input).slice(0, 32)}", allowed: ${words.join(', ')}`,
  })
}

export const scanMetrics = z
  .strictObject({
    totalScans: count,
    averageQRScanTime: duration.nullable(),
    medianQRScanTime: duration.nullable(),
    p95QRScanTime: duration.nullable(),
    minimumScans: count,
    recommendedTimeout: duration,
    confidence: ratio,
    lastUpdated: timeOrNull,
    policy: z.enum(Object.keys(policies) as [PolicyName, ...PolicyName[]]),
    source: z
      .enum(['account', 'fleet', 'base'])
      .meta({ description: 'Whose scan times the timeout is from.' }),
  })
  .meta({ id: 'ScanMetrics' })

const filters = {
  account: { type: 'text' },
  phoneNumber: { type: 'text' },
  pool: { type: 'text' },
  totalScans: { type: 'number' },
  averageQRScanTime: { type: 'number' },
  medianQRScanTime: { type: 'number' },
  p95QRScanTime: { type: 'number' },
  recommendedTimeout: { type: 'number' },
  confidence: { type: 'number' },
  lastUpdated: { type: 'time' },
  source: { type: 'word', words: ['account', 'fleet', 'base'] },
} as const satisfies Fields

export const scanMetricsList: ListSpec = {
  filters,
  sorts: [
    'place',
    'account',
    '-account',
    'totalScans',
    '-totalScans',
    'p95QRScanTime',
    '-p95QRScanTime',
    'confidence',
    '-confidence',
  ],
  fields: Object.keys(scanMetrics.shape),
  limit: fleetLimit,
}

export const listScanMetrics = endpoint({
  method: 'get',
  path: '/api/dashboard/qr-metrics',
  id: 'listScanMetrics',
  tag: 'pairing',
  summary: 'What was learned about scan times: every account as a map, or the fleet as one',
  description:
    'With `scope=fleet` the other parameters mean nothing, and a caller who is limited to pools is refused. The next page of the map is in the header `link`.',
  role: 'viewer',
  scope: 'pools',
  query: listQuery(scanMetricsList).extend({ scope: oneOf(scopes).default('accounts') }),
  codes: { scope: 'bad-scope' },
  kept: true,
  etag: true,
  answers: {
    200: {
      description: 'By account, or of the fleet.',
      headers: { ...listHeaders, ...etagHeaders },
      json: z.union([scanMetrics, z.record(accountId, rowOf(scanMetrics))]),
    },
  },
  problems: ['bad-cursor', 'scope'],
})

export const getScanMetrics = endpoint({
  method: 'get',
  path: '/api/dashboard/qr-metrics/{phoneNumber}',
  id: 'getScanMetrics',
  tag: 'pairing',
  summary: 'What was learned about the scan times of one account',
  role: 'viewer',
  scope: 'pools',
  params: accountPath,
  etag: true,
  answers: { 200: { description: 'The figures.', headers: etagHeaders, json: scanMetrics } },
  problems: ['unknown-account'],
})

export const getCode = endpoint({
  method: 'get',
  path: '/api/dashboard/connections/{phoneNumber}/qr',
  id: 'getCode',
  tag: 'pairing',
  summary: 'The current code with its remaining life',
  description:
    'Whoever gets it has looked at it, which is counted; a session that waits for somebody to ask begins. Waits up to five seconds for a code that is on its way.',
  role: 'operator',
  scope: 'pools',
  params: accountPath,
  query: z.strictObject({ format: oneOf(formats).default('json') }),
  codes: { format: 'bad-format' },
  noHead: 'a code',
  answers: {
    200: {
      description: 'The code.',
      types: ['image/png', 'image/svg+xml', 'text/plain; charset=UTF-8'],
      headers: { 'linda-code-life-ms': 'Milliseconds that the code is still good for.' },
      json: z.strictObject({
        ...who,
        attempt: count.nullable(),
        method: z.enum(pairingMethods),
        index: count,
        code: z.string(),
        issued: time,
        expires: time,
        lifeLeftMs: duration,
      }),
    },
  },
  problems: ['unknown-account', 'reset-needed', 'not-pairing', 'typed-code', 'no-code-yet'],
})

const begun = {
  202: { description: 'It begins anew.', json: z.strictObject({ ...who, status }) },
} as const

export const resetCode = endpoint({
  method: 'post',
  path: '/api/dashboard/quick-actions/{phoneNumber}/reset-qr',
  id: 'resetCode',
  tag: 'pairing',
  summary: 'Begin a new attempt with QR codes',
  role: 'operator',
  scope: 'pools',
  params: accountPath,
  answers: begun,
  problems: ['unknown-account', 'linked'],
})

export const askTypedCode = endpoint({
  method: 'post',
  path: '/api/dashboard/quick-actions/{phoneNumber}/pairing-code',
  id: 'askTypedCode',
  tag: 'pairing',
  summary: 'Begin a new attempt with a code that is typed into the phone',
  role: 'operator',
  scope: 'pools',
  params: accountPath,
  answers: begun,
  problems: ['unknown-account', 'linked'],
})

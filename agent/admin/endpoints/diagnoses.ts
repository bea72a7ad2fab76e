// Diagnoses: what is wrong in the fleet, and with one account.

import { z } from 'zod'
import { endpoint } from '../contract/endpoint.ts'
import type { Fields } from '../filter/terms.ts'
import { type ListSpec, listQuery } from '../list/query.ts'
import { etagHeaders, fleetLimit, listHeaders, nextCursor, rowOf } from '../schemas/lists.ts'
import { accountId, accountPath, phone, time } from '../schemas/scalars.ts'
import { diagnosisParts, issues, severities } from './health.ts'

const { issue, severity, ...rest } = diagnosisParts

export const diagnosis = z
  .strictObject({ issue, severity, affectedAccounts: z.array(accountId), detectedAt: time, ...rest })
  .meta({ id: 'Diagnosis' })

const filters = {
  issue: { type: 'word', words: issues },
  severity: { type: 'word', words: severities },
  account: { type: 'text' },
  pool: { type: 'text' },
  rootCause: { type: 'text' },
  detectedAt: { type: 'time' },
} as const satisfies Fields

export const diagnosisList: ListSpec = {
  filters,
  sorts: ['-gravity', 'gravity', 'detectedAt', '-detectedAt', 'issue', '-issue'],
  fields: Object.keys(diagnosis.shape),
  limit: fleetLimit,
}

export const listDiagnoses = endpoint({
  method: 'get',
  path: '/api/diagnoses',
  id: 'listDiagnoses',
  tag: 'diagnoses',
  summary: 'What is wrong, one entry for each issue and root cause, the gravest first',
  description:
    'A filter by `account` or `pool` keeps the diagnoses that have such an account among those affected. The gravity is the severity, and then how many accounts are affected.',
  role: 'viewer',
  scope: 'pools',
  query: listQuery(diagnosisList),
  kept: true,
  etag: true,
  answers: {
    200: {
      description: 'The diagnoses.',
      headers: { ...listHeaders, ...etagHeaders },
      json: z.strictObject({ diagnoses: z.array(rowOf(diagnosis)), nextCursor }),
    },
  },
  problems: ['bad-cursor'],
})

export const getDiagnosis = endpoint({
  method: 'get',
  path: '/api/diagnoses/{phoneNumber}',
  id: 'getDiagnosis',
  tag: 'diagnoses',
  summary: 'A quick word about one account',
  role: 'viewer',
  scope: 'pools',
  params: accountPath,
  etag: true,
  answers: {
    200: {
      description: 'The word.',
      headers: etagHeaders,
      json: z.strictObject({
        accountStatus: z.strictObject({
          phoneNumber: phone,
          account: accountId,
          diagnostic: z.enum(['OPTIMAL', ...issues]),
          issues: z.array(z.strictObject({ issue, severity, since: time, ...rest })),
          suggestions: z.array(z.string()),
        }),
      }),
    },
  },
  problems: ['unknown-account'],
})

// The audit trail: its rows, and the proof that none was changed.

import { z } from 'zod'
import { endpoint } from '../contract/endpoint.ts'
import type { Fields } from '../filter/terms.ts'
import { type ListSpec, listQuery } from '../list/query.ts'
import { listHeaders, nextCursor, rowOf } from '../schemas/lists.ts'
import { accountId, count, moment, poolId, time } from '../schemas/scalars.ts'

const hash = z.string().meta({ description: 'SHA-256 in hexadecimal.' })

const auditEntry = z
  .strictObject({
    seq: count,
    at: time,
    who: z.string(),
    what: z.string().meta({ description: 'A change, for example mode.set.' }),
    pool: poolId.nullable(),
    account: accountId.nullable(),
    origin: z.string(),
    outcome: z.string(),
    data: z.unknown().meta({ description: 'What the change was; as text where somebody spoiled the row.' }),
    hash,
  })
  .meta({ id: 'AuditEntry' })

const filters = {
  seq: { type: 'number', column: 'seq' },
  at: { type: 'time', column: 'at' },
  who: { type: 'text', column: 'who' },
  what: { type: 'text', column: 'what' },
  pool: { type: 'text', column: 'pool' },
  account: { type: 'text', column: 'account' },
  origin: { type: 'text', column: 'origin' },
  outcome: { type: 'text', column: 'outcome' },
} as const satisfies Fields

export const auditList: ListSpec = {
  filters,
  sorts: ['-seq', 'seq'],
  fields: Object.keys(auditEntry.shape),
  limit: { usual: 100, most: 1000 },
}

const id = z.string().regex(/^[a-z][a-z0-9-]{1,31}$/, 'an id')

export const listAudit = endpoint({
  method: 'get',
  path: '/api/audit',
  id: 'listAudit',
  tag: 'audit',
  summary: 'Who changed what, the newest first',
  description:
    'A caller who is limited to pools sees the rows of these pools. `cursor` takes a number as well: rows before it.',
  role: 'operator',
  scope: 'pools',
  query: listQuery(auditList).extend({
    account: id.optional(),
    pool: id.optional(),
    what: z
      .string()
      .regex(/^[a-z]+(\.[a-z-]+)?$/, 'a change, for example mode.set')
      .optional(),
    since: moment.optional(),
    until: moment.optional(),
  }),
  answers: {
    200: {
      description: 'The rows.',
      headers: listHeaders,
      json: z.strictObject({
        entries: z.array(rowOf(auditEntry)),
        cursor: count.nullable().meta({ description: 'Number of the last row; null on the last page.' }),
        nextCursor,
      }),
    },
  },
  problems: ['bad-cursor', 'unknown-account', 'unknown-pool', 'store-away'],
})

export const verifyAudit = endpoint({
  method: 'get',
  path: '/api/audit/verify',
  id: 'verifyAudit',
  tag: 'audit',
  summary: 'Prove that no row was changed, or name the first one that was',
  noHead: 'a proof',
  role: 'admin',
  scope: 'fleet',
  answers: {
    200: {
      description: 'The proof.',
      json: z.union([
        z.strictObject({ ok: z.literal(true), rows: count, hash }),
        z.strictObject({
          ok: z.literal(false),
          rows: count,
          broken: z.strictObject({
            seq: z.int(),
            what: z.enum(['changed', 'missing', 'inserted', 'cut-off']),
          }),
          hash: hash.nullable(),
        }),
      ]),
    },
  },
  problems: ['store-away'],
})

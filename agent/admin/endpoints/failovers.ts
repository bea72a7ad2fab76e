// Failovers: what was decided and why, and what a person may decide.

import { z } from 'zod'
import { accountModes, failoverCauses, failoverKinds, failoverStates } from '../../words.ts'
import { endpoint } from '../contract/endpoint.ts'
import type { Fields } from '../filter/terms.ts'
import { type ListSpec, listQuery } from '../list/query.ts'
import { listHeaders, nextCursor, rowOf } from '../schemas/lists.ts'
import { accountId, count, nameInQuery, poolId, time, timeOrNull } from '../schemas/scalars.ts'

const state = z.enum(failoverStates).meta({ id: 'FailoverState' })
const onOff = z.enum(['on', 'off'])

export const failover = z
  .strictObject({
    id: z.string(),
    pool: poolId,
    account: accountId.meta({ description: 'From which account.' }),
    chosen: accountId.nullable().meta({ description: 'To which account.' }),
    kind: z.enum(failoverKinds),
    cause: z.enum(failoverCauses),
    state,
    open: z.boolean(),
    node: z.string(),
    faultAt: time,
    startedAt: time,
    changedAt: time,
    endedAt: timeOrNull,
    who: z.string(),
    origin: z.string(),
    hard: z.boolean(),
    to: accountId.nullable(),
    holder: accountId,
    had: z
      .strictObject({
        mode: z.enum(accountModes),
        why: z.string(),
        failovers: count,
        blockedUntil: z.number(),
      })
      .optional(),
    ranking: z.array(z.strictObject({ account: accountId, rank: count.nullable(), why: z.string() })),
    tried: z.record(accountId, z.string()),
    moved: count,
    conversations: count,
    unsure: count,
    steps: z.array(z.strictObject({ at: time, state, note: z.string().optional() })),
  })
  .meta({ id: 'Failover' })

const filters = {
  id: { type: 'text', column: 'id' },
  pool: { type: 'text', column: 'pool' },
  account: { type: 'text', column: 'account' },
  chosen: { type: 'text', column: 'chosen' },
  kind: { type: 'word', words: failoverKinds, column: 'kind' },
  cause: { type: 'word', words: failoverCauses, column: 'cause' },
  state: { type: 'word', words: failoverStates, column: 'state' },
  open: { type: 'flag', column: 'open' },
  node: { type: 'text', column: 'node' },
  faultAt: { type: 'time', column: 'fault_at' },
  startedAt: { type: 'time', column: 'started_at' },
  endedAt: { type: 'time', column: 'ended_at' },
} as const satisfies Fields

export const failoverList: ListSpec = {
  filters,
  sorts: ['-startedAt', 'startedAt'],
  fields: Object.keys(failover.shape),
  limit: { usual: 50, most: 200 },
}

export const listFailovers = endpoint({
  method: 'get',
  path: '/api/failovers',
  id: 'listFailovers',
  tag: 'failovers',
  summary: 'Failovers, the newest first',
  role: 'viewer',
  scope: 'pools',
  query: listQuery(failoverList).extend({
    account: nameInQuery.optional().meta({ description: 'Id or phone.' }),
    pool: nameInQuery.optional(),
    before: z.uuid().optional().meta({ description: 'Only what began before the failover of this id.' }),
  }),
  answers: {
    200: {
      description: 'The failovers.',
      headers: listHeaders,
      json: z.strictObject({
        automatic: onOff.meta({ description: 'Whether the fleet fails over by itself.' }),
        failovers: z.array(rowOf(failover)),
        next: z.string().nullable().meta({ description: 'For `before`; null on the last page.' }),
        nextCursor,
      }),
    },
  },
  problems: ['bad-cursor', 'unknown-account', 'unknown-pool', 'store-away'],
})

export const beginFailover = endpoint({
  method: 'post',
  path: '/api/failovers',
  id: 'beginFailover',
  tag: 'failovers',
  summary: 'Switch over from an account to the best other one of its pool, or to a named one',
  role: 'operator',
  scope: 'pools',
  body: {
    schema: z.strictObject({
      from: z.string().min(1).max(64),
      to: z.string().min(1).max(64).optional(),
      kind: z.enum(['planned', 'forced']).default('planned'),
    }),
    example: { from: 'uae-1', kind: 'planned' },
  },
  answers: {
    202: {
      description: 'It has begun.',
      headers: { location: 'Where to ask about it.' },
      json: failover,
    },
  },
  problems: ['unknown-account', 'under-way', 'store-away'],
})

export const clearFailover = endpoint({
  method: 'post',
  path: '/api/failovers/clear',
  id: 'clearFailover',
  tag: 'failovers',
  summary: 'A person has seen to it: the account is in service again',
  role: 'operator',
  scope: 'pools',
  body: { schema: z.strictObject({ account: z.string().min(1).max(64) }), example: { account: 'uae-1' } },
  answers: {
    200: { description: 'Done.', json: z.strictObject({ account: accountId, cleared: z.literal(true) }) },
  },
  problems: ['unknown-account', 'under-way', 'store-away'],
})

export const switchFailover = endpoint({
  method: 'put',
  path: '/api/failovers/switch',
  id: 'switchFailover',
  tag: 'failovers',
  summary: 'Switch automatic failover of the whole fleet off or on',
  role: 'operator',
  scope: 'fleet',
  body: { schema: z.strictObject({ automatic: onOff }), example: { automatic: 'on' } },
  answers: { 200: { description: 'How it is now.', json: z.strictObject({ automatic: onOff }) } },
  problems: ['store-away'],
})

export const getFailover = endpoint({
  method: 'get',
  path: '/api/failovers/{id}',
  id: 'getFailover',
  tag: 'failovers',
  summary: 'One failover with every step',
  role: 'viewer',
  scope: 'pools',
  params: z.strictObject({ id: z.string().meta({ example: '0199f0c2-5f3e-7cc1-9f3e-2b6f1d0c7a11' }) }),
  answers: { 200: { description: 'The failover.', json: failover } },
  problems: ['not-found', 'store-away'],
})

// Routing: who gets which part of the traffic and why, and changing it at run time.

import { z } from 'zod'
import { accountModes, strategyNames } from '../../words.ts'
import { endpoint } from '../contract/endpoint.ts'
import type { Fields } from '../filter/terms.ts'
import { type ListSpec, listQuery } from '../list/query.ts'
import { etagHeaders, fleetLimit, listHeaders, nextCursor, rowOf } from '../schemas/lists.ts'
import { accountId, count, poolId, ratio, timeOrNull } from '../schemas/scalars.ts'
import { healthWords } from '../wording.ts'

const strategy = z.enum(strategyNames)

export const routedAccount = z
  .strictObject({
    account: accountId,
    share: ratio.meta({ description: "Of the pool's new conversations." }),
    why: z.string(),
    mode: z.enum(accountModes),
    modeSince: timeOrNull,
    modeWhy: z.string(),
    role: z.enum(['primary', 'backup']),
    priority: z.number(),
    weight: z.number(),
    region: z.string(),
    healthStatus: z.enum(healthWords),
    active: count.meta({ description: 'Messages queued for it or on their way.' }),
  })
  .meta({ id: 'RoutedAccount' })

const poolParts = { pool: poolId, strategy, configuredStrategy: strategy }
const routedPool = z
  .strictObject({ ...poolParts, accounts: z.array(routedAccount) })
  .meta({ id: 'RoutedPool' })
const changedAccount = z.strictObject({ pool: poolId, ...routedAccount.shape }).meta({ id: 'ChangedAccount' })

const filters = {
  account: { type: 'text' },
  pool: { type: 'text' },
  role: { type: 'word', words: ['primary', 'backup'] },
  mode: { type: 'word', words: accountModes },
  region: { type: 'text' },
  healthStatus: { type: 'word', words: healthWords },
  share: { type: 'number' },
  weight: { type: 'number' },
  priority: { type: 'number' },
  active: { type: 'number' },
  why: { type: 'text' },
  modeWhy: { type: 'text' },
  modeSince: { type: 'time' },
} as const satisfies Fields

export const routingList: ListSpec = {
  filters,
  // As the pools are configured, and their accounts within them.
  sorts: ['place'],
  fields: Object.keys(routedAccount.shape),
  limit: fleetLimit,
}

export const getRouting = endpoint({
  method: 'get',
  path: '/api/routing',
  id: 'getRouting',
  tag: 'routing',
  summary: 'Every pool with its strategy, and what each account gets and why',
  description:
    'Filter, limit and fields are about accounts; a pool of which no account is left is left out where there is a filter.',
  role: 'viewer',
  scope: 'pools',
  query: listQuery(routingList).extend({
    pool: z.string().max(64).optional(),
    region: z.string().max(64).optional().meta({ description: 'Shares for a conversation of this region.' }),
  }),
  kept: true,
  etag: true,
  answers: {
    200: {
      description: 'The pools.',
      headers: { ...listHeaders, ...etagHeaders },
      json: z.strictObject({
        pools: z.array(z.strictObject({ ...poolParts, accounts: z.array(rowOf(routedAccount)) })),
        nextCursor,
      }),
    },
  },
  problems: ['bad-cursor', 'unknown-pool'],
})

const poolPath = z.strictObject({ pool: z.string().meta({ example: 'sales' }) })
const accountPath = z.strictObject({
  account: z.string().meta({ description: 'Id of the account, or its phone.', example: 'uae-1' }),
})
const ofPool = {
  tag: 'routing',
  path: '/api/routing/pools/{pool}/strategy',
  role: 'operator',
  scope: 'pools',
  params: poolPath,
  answers: { 200: { description: 'The pool as it is now.', json: routedPool } },
  problems: ['unknown-pool', 'store-away'],
} as const
const ofAccount = {
  tag: 'routing',
  path: '/api/routing/accounts/{account}',
  role: 'operator',
  scope: 'pools',
  params: accountPath,
  answers: { 200: { description: 'The account as it is now.', json: changedAccount } },
  problems: ['unknown-account', 'store-away'],
} as const

const weights = 'from 0.1 to 100'
const priorities = 'a whole number from 1 to 100'
const oneLine = 'one line of up to 200 characters'

export const setStrategy = endpoint({
  ...ofPool,
  method: 'put',
  id: 'setStrategy',
  summary: 'Set how a pool gives out new conversations',
  body: {
    schema: z.strictObject({ strategy }),
    example: { strategy: 'least-loaded' },
  },
})

export const unsetStrategy = endpoint({
  ...ofPool,
  method: 'delete',
  id: 'unsetStrategy',
  summary: 'Go back to the configured strategy of a pool',
})

export const setAccountRouting = endpoint({
  ...ofAccount,
  method: 'put',
  id: 'setAccountRouting',
  summary: 'Set weight, priority, or both of an account',
  body: {
    schema: z
      .strictObject({
        weight: z.number().min(0.1, weights).max(100, weights).optional(),
        priority: z.number().int(priorities).min(1, priorities).max(100, priorities).optional(),
      })
      .refine(({ weight, priority }) => weight !== undefined || priority !== undefined, {
        error: 'weight, priority, or both',
      }),
    example: { weight: 2, priority: 1 },
  },
})

export const unsetAccountRouting = endpoint({
  ...ofAccount,
  method: 'delete',
  id: 'unsetAccountRouting',
  summary: 'Go back to the configured weight and priority of an account',
})

export const setMode = endpoint({
  ...ofAccount,
  method: 'put',
  path: '/api/accounts/{account}/mode',
  id: 'setMode',
  summary: 'Take an account out of service, let it finish, or put it back',
  description: 'While a failover of the account is under way it can only be put into maintenance.',
  problems: [...ofAccount.problems, 'under-way'],
  body: {
    schema: z.strictObject({
      mode: z.enum(['up', 'draining', 'maintenance']),
      why: z
        .string()
        .max(200, oneLine)
        .regex(/^\P{Cc}*$/u, oneLine)
        .default(''),
    }),
    example: { mode: 'maintenance', why: 'a new SIM' },
  },
})

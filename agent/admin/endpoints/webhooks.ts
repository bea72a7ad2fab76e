// Webhooks: what waits for each, which deliveries those are, and another chance for dead letters.

import { z } from 'zod'
import { deliveryStates } from '../../words.ts'
import { endpoint } from '../contract/endpoint.ts'
import type { Fields } from '../filter/terms.ts'
import { type ListSpec, listQuery } from '../list/query.ts'
import { fleetLimit, listHeaders, nextCursor, rowOf } from '../schemas/lists.ts'
import { count, poolId, time, timeOrNull } from '../schemas/scalars.ts'

/** Ids in one request; a body has room for some more. */
const MAX_IDS = 1_000

export const webhook = z
  .strictObject({
    id: z.string(),
    origin: z.string().nullable().meta({
      description:
        'Without path and parameters, in which there may be secrets. Null where this agent does not have it in its configuration any more, and it left deliveries in the store.',
    }),
    queued: count.nullable(),
    claimed: count.nullable(),
    dead: count.nullable(),
    oldestAt: timeOrNull,
  })
  .meta({ id: 'Webhook', description: 'Counts are null until they were counted for the first time.' })

export const webhookList: ListSpec = {
  filters: {
    id: { type: 'text' },
    origin: { type: 'text' },
    queued: { type: 'number' },
    claimed: { type: 'number' },
    dead: { type: 'number' },
    oldestAt: { type: 'time' },
  },
  sorts: ['place', 'dead', '-dead', 'queued', '-queued', 'oldestAt', '-oldestAt'],
  fields: Object.keys(webhook.shape),
  limit: fleetLimit,
}

export const listWebhooks = endpoint({
  method: 'get',
  path: '/api/webhooks',
  id: 'listWebhooks',
  tag: 'webhooks',
  summary:
    'Every webhook with what waits for it, as they are configured, and then those that only left something',
  role: 'viewer',
  scope: 'fleet',
  query: listQuery(webhookList),
  answers: {
    200: {
      description: 'The webhooks.',
      headers: listHeaders,
      json: z.strictObject({ webhooks: z.array(rowOf(webhook)), nextCursor }),
    },
  },
  problems: ['bad-cursor'],
})

const path = z.strictObject({ id: z.string().meta({ example: 'crm' }) })

export const delivery = z
  .strictObject({
    id: z.string(),
    type: z.string(),
    lane: z.string(),
    pool: poolId,
    state: z.enum(deliveryStates),
    attempts: count,
    createdAt: time,
    nextAt: timeOrNull,
    endedAt: timeOrNull,
    error: z.string().nullable(),
  })
  .meta({ id: 'Delivery', description: 'Without its payload.' })

const filters = {
  id: { type: 'text', column: 'd.id' },
  type: { type: 'text', column: 'd.type' },
  lane: { type: 'text', column: 'd.lane' },
  pool: { type: 'text', column: 'd.pool' },
  attempts: { type: 'number', column: 'd.attempts' },
  createdAt: { type: 'time', column: 'd.created_at' },
  endedAt: { type: 'time', column: 'd.ended_at' },
  error: { type: 'text', column: 'd.error' },
} as const satisfies Fields

export const deliveryList: ListSpec = {
  filters,
  sorts: ['-createdAt', 'createdAt'],
  fields: Object.keys(delivery.shape),
  limit: { usual: 100, most: 1000 },
}

export const listDeliveries = endpoint({
  method: 'get',
  path: '/api/webhooks/{id}/deliveries',
  id: 'listDeliveries',
  tag: 'webhooks',
  summary: 'Deliveries of one webhook in one state, dead letters where nothing else is said',
  role: 'viewer',
  scope: 'fleet',
  params: path,
  query: listQuery(deliveryList).extend({
    state: z.enum(deliveryStates, { error: `one of ${deliveryStates.join(', ')}` }).default('dead'),
  }),
  answers: {
    200: {
      description: 'The deliveries.',
      headers: listHeaders,
      json: z.strictObject({ deliveries: z.array(rowOf(delivery)), nextCursor }),
    },
  },
  problems: ['bad-cursor', 'unknown-webhook', 'store-away'],
})

export const redrive = endpoint({
  method: 'post',
  path: '/api/webhooks/{id}/redrive',
  id: 'redrive',
  tag: 'webhooks',
  summary:
    'Deliver dead letters again, all of them or those that are named; with all, what waits in pauses at once too',
  role: 'operator',
  scope: 'fleet',
  params: path,
  body: {
    schema: z.strictObject({
      ids: z.array(z.guid('the id of a delivery')).min(1).max(MAX_IDS).optional(),
    }),
    optional: true,
    example: {},
  },
  answers: {
    200: {
      description: 'How many there were.',
      json: z.strictObject({
        webhook: z.string(),
        redriven: count,
        left: count.meta({ description: 'Still dead, because more may not wait (`limit`).' }),
        hurried: count.meta({ description: 'Lanes whose pause after a failure was ended.' }),
      }),
    },
  },
  problems: ['unknown-webhook', 'store-away'],
})

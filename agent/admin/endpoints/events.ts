// What happened: the kept events of the fleet.

import { z } from 'zod'
import { endpoint } from '../contract/endpoint.ts'
import type { Fields } from '../filter/terms.ts'
import { type ListSpec, listQuery } from '../list/query.ts'
import { listHeaders, nextCursor } from '../schemas/lists.ts'
import { accountId, moment, time } from '../schemas/scalars.ts'

export const event = z
  .looseObject({
    id: z.string(),
    at: time,
    type: z.string(),
    account: accountId.nullable(),
  })
  .meta({
    id: 'Event',
    description: 'With the fields of its type, as docs/events.md and agent/events.ts have them.',
  })

const filters = {
  id: { type: 'text' },
  at: { type: 'time' },
  type: { type: 'text' },
  account: { type: 'text' },
  node: { type: 'text' },
  reason: { type: 'text' },
  outcome: { type: 'text' },
  pool: { type: 'text' },
} as const satisfies Fields

export const eventList: ListSpec = {
  filters,
  sorts: ['-at'],
  fields: Object.keys(event.shape),
  limit: { usual: 100, most: 1000 },
}

export const listEvents = endpoint({
  method: 'get',
  path: '/api/events',
  id: 'listEvents',
  tag: 'events',
  summary: 'Events, the newest first',
  description:
    'A filter is held against at most 10,000 events of the history for one answer: a page may then be shorter than asked for, or empty, and there is more as long as there is a `nextCursor`. Events without an account are of the whole fleet and not shown to a caller who is limited to pools.',
  role: 'viewer',
  scope: 'pools',
  query: listQuery(eventList).extend({
    account: z.string().min(1).max(64).optional().meta({ description: 'Id or phone.' }),
    type: z
      .string()
      .regex(/^[a-z]+\.[a-z-]+$/, 'an event type, for example session.closed')
      .optional(),
    since: moment.optional().meta({ description: 'This moment included.' }),
    until: moment.optional().meta({ description: 'This moment not included.' }),
  }),
  answers: {
    200: {
      description: 'The events.',
      headers: listHeaders,
      json: z.strictObject({
        events: z.array(z.union([event, event.partial()]).meta({ 'x-linda-fields': true })),
        nextCursor,
      }),
    },
  },
  problems: ['bad-cursor', 'unknown-account', 'store-away', 'history-unavailable'],
})

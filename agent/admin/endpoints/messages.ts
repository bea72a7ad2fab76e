// Messages through the outbox: accepting them, finding them, taking them back and sending them again.

import { z } from 'zod'
import { waits } from '../../outbox/waits-for.ts'
import { messageStates } from '../../words.ts'
import { endpoint } from '../contract/endpoint.ts'
import type { Fields } from '../filter/terms.ts'
import { type ListSpec, listQuery } from '../list/query.ts'
import { bodySchema } from '../message-body.ts'
import { listHeaders, nextCursor, rowOf } from '../schemas/lists.ts'
import { accountId, count, nameInQuery, poolId, time, timeOrNull } from '../schemas/scalars.ts'

const state = z.enum(messageStates).meta({ id: 'MessageState' })

export const message = z
  .strictObject({
    id: z.string().meta({ description: 'UUIDv7.' }),
    messageId: z.string().meta({ description: 'Under which WhatsApp knows it.' }),
    pool: poolId,
    account: accountId.nullable().meta({ description: 'Who sends it; null while nobody of the pool may.' }),
    state,
    open: z.boolean().meta({ description: 'It is not finished.' }),
    attempts: count,
    code: z.string().nullable().meta({ description: 'Why it was not acknowledged.' }),
    possibleDuplicate: z.boolean(),
    acceptedAt: time,
    nextAt: timeOrNull,
    expiresAt: time,
    ackedAt: timeOrNull,
    steps: z.array(
      z.strictObject({
        at: time,
        state,
        account: accountId.nullable().optional(),
        code: z.string().nullable().optional(),
      }),
    ),
  })
  .meta({ id: 'Message', description: 'Without its text and without the number that it goes to.' })

const waitsFor = z
  .strictObject({
    what: z.enum(waits).meta({
      description:
        '`time`: its `notBefore`. `acknowledgement`: of WhatsApp. `pool`: no account may send it. `account`: its account cannot send. `limit`: of `outbox`. `grace`: another account may have sent it. `retry`: its next attempt. `message`: one of its conversation stands before it. `turn`: nothing else.',
    }),
    detail: z.string(),
    until: timeOrNull.meta({ description: 'At the latest, where that is known.' }),
    message: z.string().nullable().meta({ description: 'The id of the message that stands before it.' }),
  })
  .meta({ id: 'WaitsFor' })

const messageNow = message
  .extend({
    waitsFor: waitsFor
      .nullable()
      .optional()
      .meta({ description: 'Null for one that has ended; absent where nobody waited for its end.' }),
  })
  .meta({ id: 'MessageNow', description: 'A message, and what it waits for.' })

const filters = {
  id: { type: 'text', column: 'id' },
  pool: { type: 'text', column: 'pool' },
  account: { type: 'text', column: 'account' },
  state: { type: 'word', words: messageStates, column: 'state' },
  open: { type: 'flag', column: 'open' },
  attempts: { type: 'number', column: 'attempts' },
  code: { type: 'text', column: 'code' },
  possibleDuplicate: { type: 'flag', column: 'possible_duplicate' },
  acceptedAt: { type: 'time', column: 'accepted_at' },
  ackedAt: { type: 'time', column: 'acked_at' },
  expiresAt: { type: 'time', column: 'expires_at' },
} as const satisfies Fields

export const messageList: ListSpec = {
  filters,
  sorts: ['-acceptedAt', 'acceptedAt'],
  fields: Object.keys(message.shape),
  limit: { usual: 100, most: 500 },
}

const id = z.strictObject({
  id: z.string().meta({
    description: 'Its id, or the one under which WhatsApp knows it.',
    example: '0199f0c2-5f3e-7cc1-9f3e-2b6f1d0c7a11',
  }),
})
const wait = z.string().meta({
  description: 'How long to wait for its end, from 0s to 60s.',
  example: '5s',
})

export const acceptMessage = endpoint({
  method: 'post',
  path: '/api/messages',
  id: 'acceptMessage',
  tag: 'messages',
  summary: 'Accept a message: it is stored, and is sent once',
  role: 'operator',
  scope: 'pools',
  query: z.strictObject({ wait: wait.optional() }),
  headers: {
    'idempotency-key':
      "The caller's name for this message, 1 to 200 visible ASCII characters: asked twice, it is one message.",
  },
  body: {
    schema: bodySchema,
    unsaid: ['to', 'text', 'content'],
    example: { pool: 'sales', to: '+971501234567', text: 'Your order is ready.' },
  },
  answers: {
    200: { description: 'It has come to its end within the wait.', json: messageNow },
    202: {
      description: 'It is stored and will be sent.',
      headers: {
        location: 'Where to ask about it.',
        'idempotency-replayed': 'true where the key had been used for this message before.',
      },
      json: messageNow,
    },
  },
  problems: [
    'bad-key',
    'unknown-account',
    'unknown-pool',
    'empty-pool',
    'key-taken',
    'outbox-full',
    'store-away',
  ],
})

export const listMessages = endpoint({
  method: 'get',
  path: '/api/messages',
  id: 'listMessages',
  tag: 'messages',
  summary: 'Messages, the newest first',
  description:
    'A filter is answered by the store. `pool`, `account`, `state`, `open` and `before` say the same as terms of a filter.',
  role: 'viewer',
  scope: 'pools',
  query: listQuery(messageList).extend({
    pool: nameInQuery.optional(),
    account: nameInQuery.optional().meta({ description: 'Id or phone.' }),
    state: state.optional(),
    open: z.enum(['true', 'false']).optional(),
    before: z
      .uuid()
      .optional()
      .meta({ description: 'Only what was accepted before the message of this id.' }),
  }),
  answers: {
    200: {
      description: 'The messages.',
      headers: listHeaders,
      json: z.strictObject({
        messages: z.array(rowOf(message)),
        next: z.string().nullable().meta({ description: 'For `before`; null on the last page.' }),
        nextCursor,
      }),
    },
  },
  problems: ['bad-cursor', 'unknown-account', 'unknown-pool', 'store-away'],
})

export const getMessage = endpoint({
  method: 'get',
  path: '/api/messages/{id}',
  id: 'getMessage',
  tag: 'messages',
  summary: 'One message with its steps and what it waits for',
  role: 'viewer',
  scope: 'pools',
  params: id,
  query: z.strictObject({ wait: wait.optional() }),
  answers: { 200: { description: 'The message.', json: messageNow } },
  problems: ['not-found', 'store-away'],
})

const acted = {
  tag: 'messages',
  method: 'post',
  role: 'operator',
  scope: 'pools',
  params: id,
  answers: { 200: { description: 'The message as it is now.', json: message } },
  problems: ['not-found', 'state', 'store-away'],
} as const

export const cancelMessage = endpoint({
  ...acted,
  path: '/api/messages/{id}/cancel',
  id: 'cancelMessage',
  summary: 'Take back a message that is not being sent',
})

export const resendMessage = endpoint({
  ...acted,
  path: '/api/messages/{id}/resend',
  id: 'resendMessage',
  summary: 'Send again a message that failed, expired or was held',
  description:
    'As soon as it can be, also where it was cancelled before its `notBefore`. By another account where its own is out of service and nobody named it.',
})

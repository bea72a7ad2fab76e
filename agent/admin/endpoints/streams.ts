// The live stream, over both transports, and the backup.

import { z } from 'zod'
import { endpoint } from '../contract/endpoint.ts'
import { frameTypes } from '../live/table.ts'
import { accountId, count, phone, time } from '../schemas/scalars.ts'
import { connection } from './connections.ts'

/** What follows the first frame. */
export const liveFrame = z
  .strictObject({
    seq: count,
    at: time,
    type: z.enum(frameTypes),
    account: accountId.nullable(),
    phoneNumber: phone.optional(),
    data: z.looseObject({ connection: connection.optional() }),
  })
  .meta({ id: 'LiveFrame' })

const query = z.strictObject({
  account: z
    .string()
    .optional()
    .meta({ description: 'Ids or phones of accounts, with commas between them or several times.' }),
  pool: z.string().optional().meta({ description: 'Pools, in the same way.' }),
  type: z
    .string()
    .optional()
    .meta({ description: `Types of frames, in the same way: ${frameTypes.join(', ')}.` }),
  since: z
    .string()
    .optional()
    .meta({ description: 'The `seq` of the last frame that was read, beside `stream`.' }),
  stream: z.string().optional().meta({ description: 'The `stream` of the snapshot.' }),
})

const shared = {
  method: 'get',
  tag: 'live',
  role: 'viewer',
  scope: 'pools',
  query,
  // Parameters may stand there several times.
  ownQuery: true,
  noHead: 'a stream',
  stream: true,
} as const

const frames =
  'First `snapshot` with `connections` and `systemHealth`, or `resumed` where everything since is at hand; then every change as it happens, each with `seq`, `at`, `type`, `account`, `data`.'

export const followEvents = endpoint({
  ...shared,
  path: '/api/dashboard/stream',
  id: 'followEvents',
  summary: 'The fleet as it changes, as server-sent events',
  description: `${frames} The id of an event goes back in Last-Event-ID.`,
  headers: { 'last-event-id': 'Where to go on.' },
  answers: { 200: { description: 'The stream.', types: ['text/event-stream'] } },
  problems: ['too-many-streams', 'stopping'],
})

export const followSocket = endpoint({
  ...shared,
  path: '/ws/dashboard/status',
  id: 'followSocket',
  summary: 'The same over WebSocket',
  description: `${frames} One JSON text message each. A browser names the subprotocols \`linda.v1\` and \`bearer.TOKEN\`. What the client says ends the stream.`,
  headers: { 'sec-websocket-protocol': 'linda.v1, and bearer.TOKEN where no header can be set.' },
  answers: { 101: { description: 'The WebSocket is open.' } },
  problems: ['upgrade-required', 'origin', 'bad-protocol', 'too-many-streams', 'stopping'],
})

export const backup = endpoint({
  method: 'get',
  path: '/api/store/backup',
  id: 'backup',
  tag: 'store',
  summary: 'A backup of the living store, a line of JSON for each row',
  role: 'admin',
  scope: 'fleet',
  noHead: 'a backup',
  answers: { 200: { description: 'The backup.', types: ['application/x-ndjson'] } },
  problems: ['backup-running', 'backup-failed', 'store-away'],
})

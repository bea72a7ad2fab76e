// Notifications: what people were told by the pager, and whether somebody has read it.

import { z } from 'zod'
import { endpoint } from '../contract/endpoint.ts'
import type { Fields } from '../filter/terms.ts'
import { type ListSpec, listQuery } from '../list/query.ts'
import { listHeaders, nextCursor, rowOf } from '../schemas/lists.ts'
import { accountId, count, moment, time, timeOrNull } from '../schemas/scalars.ts'

const severities = ['info', 'warning', 'critical'] as const
const priorities = ['LOW', 'MEDIUM', 'HIGH'] as const
const statuses = ['PENDING', 'SENT', 'ACKNOWLEDGED', 'FAILED', 'CANCELLED'] as const
const kinds = ['firing', 'worse', 'repeat', 'resolved'] as const

export const notification = z
  .strictObject({
    id: z.string(),
    account: accountId.nullable(),
    type: z.string().meta({ example: 'QR_REGENERATION_FAILED' }),
    channels: z.array(z.string()).meta({ example: ['sms', 'push'] }),
    priority: z.enum(priorities),
    status: z.enum(statuses),
    sentAt: timeOrNull.meta({ description: 'When the first provider took it.' }),
    readAt: timeOrNull.meta({ description: 'When somebody acknowledged it.' }),
    metadata: z.looseObject({
      attempts: count,
      suggestedAction: z.string(),
      severity: z.enum(severities),
      kind: z.enum(kinds),
      acknowledgedBy: z
        .string()
        .nullable()
        .optional()
        .meta({ description: 'Who acknowledged it: a recipient of the pager, or whom its API was told.' }),
      createdAt: time,
    }),
  })
  .meta({ id: 'Notification', description: 'As the pager keeps it; docs/pager.md has all of metadata.' })

const filters = {
  id: { type: 'text' },
  account: { type: 'text' },
  type: { type: 'text' },
  channels: { type: 'text' },
  priority: { type: 'word', words: priorities },
  status: { type: 'word', words: statuses },
  severity: { type: 'word', words: severities },
  kind: { type: 'word', words: kinds },
  sentAt: { type: 'time' },
  readAt: { type: 'time' },
  createdAt: { type: 'time' },
} as const satisfies Fields

/** As many as the pager gives at once. */
export const MOST_NOTIFICATIONS = 1_000

export const notificationList: ListSpec = {
  filters,
  sorts: ['-createdAt', 'createdAt'],
  fields: Object.keys(notification.shape),
  limit: { usual: 100, most: MOST_NOTIFICATIONS },
}

export const listNotifications = endpoint({
  method: 'get',
  path: '/api/notifications',
  id: 'listNotifications',
  tag: 'notifications',
  summary: 'What people were told, the newest first',
  description:
    'The agent asks the pager for the newest 1,000 of `account`, `severity` and `since`, and everything else is looked for among these. A caller who is limited to pools sees those of the accounts of these pools.',
  role: 'viewer',
  scope: 'pools',
  query: listQuery(notificationList).extend({
    account: z.string().min(1).max(64).optional().meta({ description: 'Id or phone.' }),
    severity: z.enum(severities, { error: `allowed: ${severities.join(', ')}` }).optional(),
    since: moment.optional().meta({ description: 'This moment included.' }),
  }),
  answers: {
    200: {
      description: 'The notifications.',
      headers: listHeaders,
      json: z.strictObject({ notifications: z.array(rowOf(notification)), nextCursor }),
    },
  },
  problems: ['bad-cursor', 'unknown-account', 'no-pager', 'pager-away'],
})

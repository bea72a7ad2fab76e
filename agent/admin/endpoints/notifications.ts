// Notifications: what people were told by the pager, and whether somebody has read it.

import { z } from 'zod'
import { endpoint } from '../contract/endpoint.ts'
import { accountId, count, moment, timeOrNull, whole } from '../schemas/scalars.ts'

const severities = ['critical', 'warning', 'info'] as const

export const notification = z
  .strictObject({
    id: z.string(),
    account: accountId.nullable(),
    type: z.string().meta({ example: 'QR_REGENERATION_FAILED' }),
    channels: z.array(z.string()).meta({ example: ['sms', 'push'] }),
    priority: z.enum(['HIGH', 'MEDIUM', 'LOW']),
    status: z.enum(['PENDING', 'SENT', 'ACKNOWLEDGED', 'FAILED', 'CANCELLED']),
    sentAt: timeOrNull.meta({ description: 'When the first provider took it.' }),
    readAt: timeOrNull.meta({ description: 'When somebody acknowledged it.' }),
    metadata: z.looseObject({
      attempts: count,
      suggestedAction: z.string(),
      severity: z.enum(severities),
      kind: z.enum(['firing', 'worse', 'repeat', 'resolved']),
    }),
  })
  .meta({ id: 'Notification', description: 'As the pager keeps it; docs/pager.md has all of metadata.' })

export const listNotifications = endpoint({
  method: 'get',
  path: '/api/notifications',
  id: 'listNotifications',
  tag: 'notifications',
  summary: 'What people were told, the newest first',
  description:
    'The agent asks the pager. A caller who is limited to pools sees those of the accounts of these pools, out of the newest 1,000 that match.',
  role: 'viewer',
  scope: 'pools',
  query: z.strictObject({
    account: z.string().min(1).max(64).optional().meta({ description: 'Id or phone.' }),
    severity: z.enum(severities, { error: `allowed: ${severities.join(', ')}` }).optional(),
    since: moment.optional().meta({ description: 'This moment included.' }),
    limit: whole(1, 1000)
      .default(100)
      .meta({ override: { type: 'integer', minimum: 1, maximum: 1000, default: 100 } }),
  }),
  answers: {
    200: {
      description: 'The notifications.',
      json: z.strictObject({ notifications: z.array(notification) }),
    },
  },
  problems: ['unknown-account', 'no-pager', 'pager-away'],
})

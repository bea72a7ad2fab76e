// webhooks: the addresses that are told what came in, what became of messages and how sessions are.

import { z } from 'zod'
import { duration } from '../durations.ts'
import { id } from '../ids.ts'
import { integer, oneOf, path } from '../scalars.ts'
import { plainUrl } from '../urls.ts'

/** What a webhook can be told. */
export const webhookEvents = ['message.received', 'message.state', 'session.state'] as const

const webhook = z
  .strictObject({
    id: id({
      about: 'Name of the webhook in metrics and the API. No two webhooks share it.',
      example: 'crm',
    }),
    url: plainUrl(['https', 'http'], {
      about: 'Where events are posted to. Redirects are not followed.',
      example: 'https://crm.example/hooks/linda',
    }),
    secret_file: path({
      about:
        'File of the secret that signs each delivery, 16 to 256 visible characters. Two lines are two secrets, while one replaces the other.',
      example: './secrets/crm.secret',
    }),
    events: z
      .array(oneOf(webhookEvents, { about: 'What it is told; everything, where the list is empty.' }))
      .prefault([]),
    pools: z
      .array(id({ about: 'Pools that it is told about; all, where the list is empty.', example: 'sales' }))
      .prefault([]),
    timeout: duration({ min: '100ms', max: '60s', about: 'How long an answer may take.' }).prefault('10s'),
    concurrency: integer({
      min: 1,
      max: 64,
      about: 'Deliveries that a process may have under way to it at once.',
    }).prefault(4),
    limit: integer({
      min: 1,
      max: 1_000_000,
      about: 'Deliveries that may wait for it. Beyond them the oldest become dead letters.',
    }).prefault(100_000),
  })
  .transform((s) => ({
    id: s.id,
    url: s.url,
    secretFile: s.secret_file,
    events: s.events,
    pools: s.pools,
    timeoutMs: s.timeout,
    concurrency: s.concurrency,
    limit: s.limit,
  }))

export const webhooks = z.array(webhook).prefault([])

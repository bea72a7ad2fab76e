// What is delivered to receivers outside, and what is not.

import type { DeathReason } from '../words.ts'
import type { Entries } from './entry.ts'

export interface WebhookEvents {
  'webhook.delivered': { webhook: string; delivery: string; attempts: number; ageMs: number; ms: number }
  'webhook.failed': {
    webhook: string
    delivery: string
    attempts: number
    ageMs: number
    ms: number
    delayMs: number
    detail: string
  }
  'webhook.dead': {
    webhook: string
    why: DeathReason
    /** So many at once; where it is one, the next three say more. */
    count: number
    delivery: string | null
    attempts: number | null
    ms: number | null
    detail: string
  }
  /** `count` dead letters, `hurried` lanes that waited in a pause; `left` are still dead because more may not wait. */
  'webhook.redriven': { webhook: string; count: number; hurried: number; left: number; who: string }
  'webhook.removed': { webhook: string; waiting: number; dead: number }
  'webhook.dropped': { webhook: string; count: number }
  'webhook.missed': { count: number; detail: string }
}

export const webhooksEvents: Entries<WebhookEvents> = {
  'webhook.delivered': { level: 'debug', help: 'A webhook took a delivery.' },
  // During an outage of the receiver every lane fails, again and again.
  'webhook.failed': {
    level: 'warn',
    help: 'A webhook did not take a delivery, which is tried again after delayMs.',
    logEveryMs: 10_000,
  },
  'webhook.dead': {
    level: 'error',
    help: 'Deliveries to a webhook are no longer tried; they are kept as dead letters until somebody drives them again.',
    logEveryMs: 1_000,
  },
  'webhook.redriven': {
    level: 'info',
    help: 'Somebody had dead letters of a webhook tried again, and what waits in pauses at once.',
  },
  'webhook.removed': {
    level: 'warn',
    help: 'A webhook that this agent does not have in its configuration has deliveries in the store: nobody here delivers them.',
  },
  'webhook.dropped': {
    level: 'error',
    help: 'Dead letters of a webhook were deleted before their time because there were more than its limit.',
    logEveryMs: 10_000,
  },
  'webhook.missed': {
    level: 'error',
    help: 'Changes of session states could not be written for the webhooks and were left out.',
    logEveryMs: 10_000,
  },
}

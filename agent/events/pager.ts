// What the pager has told people, and whether it can be asked.

import type { Entries } from './entry.ts'

export interface PagerEvents {
  'notification.sent': {
    /** Of the notification; its event has an id of its own. */
    notification: string
    issue: string
    channels: string[]
    status: string
    severity: 'critical' | 'warning' | 'info'
    kind: 'firing' | 'worse' | 'repeat' | 'resolved'
    attempts: number
    sentAt: string | null
    /** Where whoever follows the pager goes on. */
    cursor: number
  }
  'pager.polled': { outcome: 'ok' | 'failed'; count: number; ms: number }
  'pager.unreachable': { detail: string }
  'pager.reachable': { downMs: number }
}

export const pagerEvents: Entries<PagerEvents> = {
  'notification.sent': {
    level: 'info',
    help: 'The pager has told somebody; issue, channels and severity say of what, by what and how grave it is.',
  },
  'pager.polled': { level: 'trace', help: 'The pager was asked for what it has sent.' },
  'pager.unreachable': {
    level: 'warn',
    help: 'The pager does not answer the agent, which only shows what it sends; said once.',
  },
  'pager.reachable': { level: 'info', help: 'The pager answers again after downMs.' },
}

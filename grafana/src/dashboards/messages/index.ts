// Messages: what is accepted, what WhatsApp acknowledges, what waits and why, what failed, and what the webhooks took.

import { make } from '../../dashboard.ts'
import { limits } from './limits.ts'
import { head, path } from './path.ts'
import { webhookLate } from './shared.ts'
import { inbound, times } from './times.ts'
import { hooks } from './webhooks.ts'

export const messages = make({
  name: 'messages',
  title: 'Messages',
  description: `The message path: accepted, waiting, sent, acknowledged, failed, received, and handed to webhooks. Webhooks are late above ${webhookLate} s.`,
  from: 'now-3h',
  refresh: '10s',
  sections: [
    { tiles: head },
    { title: 'The way of a message', tiles: path },
    { title: 'Limits', tiles: limits },
    { title: 'Times', tiles: times },
    { title: 'What comes in', tiles: inbound },
    { title: 'Webhooks', tiles: hooks },
  ],
})

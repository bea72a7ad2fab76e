// What webhooks took and what they did not.

import { none } from '../../look/colours.ts'
import { figure } from '../../panels/figures.ts'
import { events, lines } from '../../panels/graphs.ts'
import { orZero } from '../../queries/accounts.ts'
import { now, range } from '../../queries/query.ts'
import { grewInRange, of, quantile } from '../../queries/selectors.ts'
import { webhooks } from './shared.ts'

export const hooks = [
  events({
    title: 'Deliveries',
    what: 'Attempts to deliver to webhooks in each step, by what became of them.',
    whenBad: 'retried again and again is a receiver that is down: `linda webhooks` says which.',
    width: 8,
    unit: 'short',
    noValue: 'no webhook',
    queries: [
      range(
        '{{outcome}}',
        `sum by (outcome) (increase(${of('whatsapp_webhook_deliveries_total')}[$__rate_interval])) > 0`,
        webhooks,
      ),
    ],
  }),
  lines({
    title: 'Time of a delivery',
    what: 'What 95% of the attempts of each webhook do not exceed.',
    whenBad: 'a receiver that nears its timeout holds up its lanes: let it answer first and work afterwards.',
    width: 8,
    unit: 's',
    noValue: 'no webhook',
    queries: [range('{{webhook}}', quantile(0.95, 'linda_webhook_delivery_seconds', 'webhook'), webhooks)],
  }),
  lines({
    title: 'Backlog',
    what: 'Deliveries that wait, are under way or are dead, by webhook, and the age of the oldest one.',
    whenBad: 'a backlog that grows: look at the receiver before the limit makes dead letters of them.',
    width: 8,
    unit: 'short',
    noValue: 'no webhook',
    overrides: [
      {
        matcher: { id: 'byRegexp', options: '/oldest/' },
        properties: [
          { id: 'unit', value: 's' },
          { id: 'custom.axisPlacement', value: 'right' },
        ],
      },
    ],
    queries: [
      range('{{webhook}}: {{state}}', `max by (webhook, state) (${of('linda_webhook_backlog')})`, webhooks),
      range('{{webhook}}: oldest', `max by (webhook) (${of('linda_webhook_oldest_seconds')})`, webhooks),
    ],
  }),
  figure({
    title: 'Lost deliveries',
    what: 'Dead letters that were deleted before their time, and changes of states that could not be written, in the time range.',
    whenBad: 'they are lost for good: mend the receiver or the store; see WebhookLost.',
    width: 24,
    height: 4,
    unit: 'short',
    decimals: 0,
    steps: none(),
    noValue: 'none',
    queries: [
      now('dropped', orZero(`sum(${grewInRange(of('linda_webhook_dropped_total'))})`)),
      now('missed', orZero(`sum(${grewInRange(of('linda_webhook_missed_total'))})`)),
    ],
  }),
]

// How much of their limits by the day accounts have used, and what waits for that.

import { rising } from '../../look/colours.ts'
import { lines } from '../../panels/graphs.ts'
import { each } from '../../queries/accounts.ts'
import { range } from '../../queries/query.ts'
import { pool } from '../../queries/selectors.ts'

const noLimit = { mayBeEmpty: 'There is no series without `outbox.account_per_day`.' }

export const limits = [
  lines({
    title: 'Limit of the day used',
    what: 'Messages of the last 24 hours as a share of what the account may send at its age: the ten fullest.',
    whenBad:
      'at 100% it sends nothing more for now and its messages wait or go to others; add accounts, or slow down callers.',
    width: 12,
    unit: 'percentunit',
    min: 0,
    steps: rising(0.8, 1),
    limits: true,
    noValue: 'no limit by the day',
    queries: [
      range(
        '{{account}}',
        `topk(10, ${each('whatsapp_account_day_messages')} / ${each('whatsapp_account_day_limit')})`,
        noLimit,
      ),
    ],
  }),
  lines({
    title: 'Waiting for a limit of the day',
    what: 'Messages whose account has used its limit of the day, and that nobody else may send.',
    whenBad:
      'they go out as what was sent becomes a day old; some expire before that where the limit is too low.',
    width: 12,
    unit: 'short',
    noValue: 'none waits',
    queries: [
      range('{{pool}}', `sum by (pool) (${pool('whatsapp_outbox_limited_messages')})`, {
        mayBeEmpty: 'There is no series while no message waits for a limit.',
      }),
    ],
  }),
]

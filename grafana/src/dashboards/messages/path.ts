// What is open, what flows, and what ends badly.

import { none, rising } from '../../look/colours.ts'
import { figure } from '../../panels/figures.ts'
import { events, lines } from '../../panels/graphs.ts'
import { mine, orZero } from '../../queries/accounts.ts'
import { noEvent, now, range } from '../../queries/query.ts'
import { account, grew, grewInRange, of, open, pool, quantileOf, rate } from '../../queries/selectors.ts'
import { outbox, webhooks } from './shared.ts'

const perSecond = (metric: string): string => `sum(${mine(`rate(${account(metric)}[$__rate_interval])`)})`

export const oldest = (states: string): string =>
  `max by (pool, state) (${pool('whatsapp_outbox_oldest_seconds', states)})`

export const head = [
  figure({
    title: 'Open',
    what: 'Messages for which something is still to be done, of the chosen pools.',
    whenBad: 'see which state grows: queued is an account that is slow, parked is a pool that is down.',
    width: 4,
    unit: 'short',
    steps: rising(outbox.growth, 10 * outbox.growth),
    noValue: 'no agent answers',
    queries: [now('open', orZero(`sum(${open('job')})`))],
  }),
  figure({
    title: 'Outbox used',
    what: 'Open messages as a share of `outbox.limit`, above which none is accepted.',
    whenBad: 'find the pool that grows and slow down its callers.',
    width: 4,
    unit: 'percentunit',
    decimals: 2,
    min: 0,
    max: 1,
    steps: rising(outbox.nearLimit / 2, outbox.nearLimit),
    noValue: 'no agent answers',
    queries: [
      now(
        'used',
        `(sum(max by (job, pool, state) (${of('whatsapp_outbox_messages')})) or 0 * max(${of('linda_outbox_limit')})) / max(${of('linda_outbox_limit')})`,
      ),
    ],
  }),
  figure({
    title: 'Oldest waiting',
    what: 'Age of the oldest message that is due and not acknowledged.',
    whenBad: '`linda messages --open` names it; above five minutes with nothing acknowledged pages.',
    width: 4,
    unit: 's',
    decimals: 0,
    steps: rising(outbox.stuck, outbox.slow),
    noValue: 'none waits',
    queries: [
      now('oldest', `max(${pool('whatsapp_outbox_oldest_seconds', 'state!="scheduled"')})`, {
        mayBeEmpty: 'There is no series while no message waits.',
      }),
    ],
  }),
  figure({
    title: 'Ended without acknowledgement',
    what: 'Messages of the time range that failed, expired, or of which nobody knows; not those that a person took back.',
    whenBad: '`linda messages --state failed` and `--state unknown` show accounts and codes.',
    width: 4,
    unit: 'short',
    decimals: 0,
    steps: rising(1, outbox.failed),
    noValue: 'no agent answers',
    queries: [now('ended', orZero(`sum(${grewInRange(pool('whatsapp_outbox_ended_total'))})`))],
  }),
  figure({
    title: 'Acknowledged in 95%',
    what: 'Time from sending to the acknowledgement of the server that 95% do not exceed.',
    whenBad: 'all accounts at once is the network or WhatsApp, one account is that account.',
    width: 4,
    unit: 's',
    decimals: 2,
    steps: rising(5, 10),
    noValue: 'no message yet',
    queries: [
      now('95%', quantileOf(0.95, `increase(${of('whatsapp_message_ack_seconds_bucket')}[$__range])`)),
    ],
  }),
  figure({
    title: 'Dead letters',
    what: 'Deliveries to webhooks that are no longer tried.',
    whenBad: 'mend the receiver, then `linda webhooks redrive NAME --all`.',
    width: 4,
    unit: 'short',
    steps: none('warning'),
    noValue: 'no webhook',
    queries: [
      now('dead', `sum(max by (job, webhook) (${of('linda_webhook_backlog', 'state="dead"')}))`, webhooks),
    ],
  }),
]

export const path = [
  lines({
    title: 'Throughput',
    what: 'Messages per second: accepted into the outbox, written to the socket, acknowledged by WhatsApp, received.',
    whenBad:
      'accepted above written: they wait. Written above acknowledged: the message path of a session is dead.',
    width: 12,
    unit: 'mps',
    noValue: 'no message yet',
    queries: [
      range('accepted', `sum(${rate('pool', pool('whatsapp_messages_accepted_total'))})`),
      range('written', perSecond('whatsapp_messages_sent_total')),
      range('acknowledged', perSecond('whatsapp_messages_acked_total')),
      range('received', perSecond('whatsapp_messages_received_total')),
    ],
  }),
  lines({
    title: 'Open messages by state',
    what: 'What is in the outbox and in which state.',
    whenBad:
      'queued: accounts are slow or limited; claimed or sent: acknowledgements are missing; parked: nobody may send.',
    width: 12,
    unit: 'short',
    stacked: true,
    noValue: 'nothing is open',
    queries: [range('{{state}}', open('state'), { mayBeEmpty: 'There is no series while nothing is open.' })],
  }),
  lines({
    title: 'Oldest by pool and state',
    what: 'Age of the oldest open message.',
    whenBad: 'a line that climbs by a second a second is a message that nothing moves.',
    width: 12,
    unit: 's',
    steps: rising(outbox.stuck, outbox.slow),
    limits: true,
    noValue: 'nothing is open',
    queries: [
      range('{{pool}}: {{state}}', oldest('state!="scheduled"'), {
        mayBeEmpty: 'There is no series while nothing is open.',
      }),
    ],
  }),
  events({
    title: 'Failures by code',
    what: 'Attempts that were not acknowledged in each step, by code; the message itself may have been sent again.',
    whenBad:
      'nack-463 is a restriction, ack-timeout a dead path, not-on-whatsapp the number of the recipient.',
    width: 12,
    unit: 'short',
    noValue: 'none has failed',
    queries: [
      range(
        '{{code}}',
        `sum by (code) (${mine(grew(account('whatsapp_messages_failed_total')))}) > 0`,
        noEvent('No attempt failed'),
      ),
      range(
        'ended {{state}}',
        `sum by (state) (${grew(pool('whatsapp_outbox_ended_total'))}) > 0`,
        noEvent('Every message was acknowledged'),
      ),
      range(
        'taken back',
        `sum(${grew(pool('whatsapp_outbox_cancelled_total'))}) > 0`,
        noEvent('Nobody took a message back'),
      ),
    ],
  }),
]

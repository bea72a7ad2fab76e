// The message path: what waits too long, what ends badly, what comes in and cannot be kept, and what webhooks do not take.

import type { Alert } from '../alert.ts'
import { grown, openMessages, spentPools } from '../promql.ts'
import { thresholds } from '../thresholds.ts'

const { stuck, slow, growth, nearLimit, failed, failedShare } = thresholds.outbox
const waiting = 'queued|claimed|sent|unknown'
const oldest = `max by (job, pool) (whatsapp_outbox_oldest_seconds{state=~"${waiting}"})`
const unsent = `${waiting}|parked`
/** What the accounts of a pool had acknowledged. Where the account's pool is not known it is taken as nothing, and rather told once too often. */
const acked = `sum by (job, pool) (
    rate(whatsapp_messages_acked_total[5m]) * on (job, instance, account) group_left (pool) whatsapp_account_info
  )`
/** Every agent tells of the messages of its own accounts. */
const limited = `sum by (job, pool) (whatsapp_outbox_limited_messages)`
const ended = grown('job, pool', 'whatsapp_outbox_ended_total', '15m')

const parked = (tier: '1' | '2'): Alert => ({
  name: 'OutboxParked',
  tier,
  severity: tier === '1' ? 'warning' : 'critical',
  // A pool that has used its limit of the day is worth a mail, and no call.
  expr: `max by (job, pool) (whatsapp_outbox_messages{state="parked"}) > 0${tier === '1' ? '' : `\n  unless on (job, pool) ${spentPools}`}`,
  for: tier === '1' ? '2m' : '15m',
  summary: 'Messages wait because no account of their pool may send them.',
  description: 'Pool {{ $labels.pool }} has {{ $value | humanize }} parked messages.',
  action: 'linda routing {{ $labels.pool }} says of each account why it takes nothing',
  dashboard: 'messages',
})

const unkept = (why: 'store' | 'full', severity: Alert['severity'], summary: string): Alert => ({
  name: why === 'full' ? 'InboundDropped' : 'InboundWaiting',
  severity,
  expr: `${grown('job, instance', `whatsapp_inbound_unkept_total{why="${why}"}`, '10m')} > 0`,
  summary,
  description: 'Agent {{ $labels.instance }}: {{ $value | humanize }} times within 10 minutes.',
  action: 'Bring the store back; do not restart the agent before that, what waits is in its memory.',
  dashboard: 'messages',
})

export const messages: readonly Alert[] = [
  {
    name: 'OutboxGrowing',
    severity: 'warning',
    // A pool that had nothing open a quarter of an hour ago had no series, which is nothing.
    expr: `${openMessages(unsent)}
  - (${openMessages(unsent, '15m')} or 0 * ${openMessages(unsent)})
  > ${growth}`,
    for: '5m',
    summary: 'More messages are accepted than are sent.',
    description:
      'Pool {{ $labels.pool }} has {{ $value | humanize }} more open messages than 15 minutes ago.',
    action: 'linda messages --pool {{ $labels.pool }} --open',
    dashboard: 'messages',
  },
  {
    name: 'OutboxStuck',
    severity: 'critical',
    // The age counts from accepting: a scheduled message is old when it becomes due. So nothing at all must have been acknowledged.
    // What waits for a limit does what it was told: OutboxSlow speaks of it.
    expr: `${oldest} > ${stuck}
  unless on (job, pool) (${acked} > 0)
  unless on (job, pool) (${limited} >= on (job, pool) ${openMessages(waiting)})`,
    for: '2m',
    summary: 'Messages of a pool wait and none is acknowledged.',
    description: 'The oldest message of pool {{ $labels.pool }} waits for {{ $value | humanizeDuration }}.',
    action: 'linda messages --pool {{ $labels.pool }} --open, then linda routing {{ $labels.pool }}',
    dashboard: 'messages',
  },
  {
    name: 'OutboxSlow',
    severity: 'warning',
    expr: `${oldest} > ${slow}`,
    for: '15m',
    summary: 'Some message has waited for more than half an hour.',
    description: 'The oldest message of pool {{ $labels.pool }} waits for {{ $value | humanizeDuration }}.',
    action:
      'linda messages --pool {{ $labels.pool }} --open: bound to an account that is away, or behind a limit by the day',
    dashboard: 'messages',
  },
  parked('1'),
  parked('2'),
  {
    name: 'OutboxFailing',
    severity: 'warning',
    // Ended messages, not attempts: one that was repeated three times and acknowledged is no failure. Where nothing is accepted, what
    // was accepted earlier may fail all the same.
    expr: `${ended} > ${failed}
  unless on (job, pool)
  ${failedShare} * ${grown('job, pool', 'whatsapp_messages_accepted_total', '15m')}
    >= on (job, pool) ${ended}`,
    summary: 'Messages end without an acknowledgement.',
    description: 'Pool {{ $labels.pool }}: {{ $value | humanize }} messages within 15 minutes.',
    action: 'linda messages --pool {{ $labels.pool }} --state failed shows the codes',
    dashboard: 'messages',
  },
  {
    name: 'OutboxNearLimit',
    severity: 'warning',
    expr: `sum by (job) (${openMessages()}) > ${nearLimit} * max by (job) (linda_outbox_limit)`,
    for: '1m',
    summary: 'The outbox is nearly full.',
    description:
      '{{ $value | humanize }} messages are open in {{ $labels.job }}; above the limit none is accepted.',
    action: 'Find the pool that grows, and slow down its callers.',
    dashboard: 'messages',
  },
  unkept('store', 'warning', 'Inbound messages wait in memory because the store does not take them.'),
  unkept('full', 'critical', 'Inbound messages were dropped.'),
  {
    name: 'InboundHandlerFailed',
    severity: 'warning',
    expr: `${grown('job, instance, account', 'whatsapp_messages_handler_failed_total', '15m')} > 0`,
    summary: 'Inbound messages could not be handled.',
    description:
      'Account {{ $labels.account }} on {{ $labels.instance }}: {{ $value | humanize }} within 15 minutes.',
    action: 'Read `message.handler-failed` in the log and report it.',
    dashboard: 'messages',
  },
  {
    name: 'WebhookDeadLetters',
    severity: 'warning',
    // Every agent on one store sees the same dead letters.
    expr: 'max by (job, webhook) (linda_webhook_backlog{state="dead"}) > 0',
    for: '1m',
    summary: 'A webhook has dead letters.',
    description:
      'Webhook {{ $labels.webhook }} has {{ $value | humanize }} deliveries that are no longer tried.',
    action:
      'linda webhooks dead {{ $labels.webhook }}, mend the receiver, then linda webhooks redrive {{ $labels.webhook }} --all',
    dashboard: 'messages',
  },
  {
    name: 'WebhookLate',
    severity: 'warning',
    expr: `max by (job, webhook) (linda_webhook_oldest_seconds) > ${thresholds.webhookLate}`,
    for: '5m',
    summary: 'A webhook takes its deliveries late or not at all.',
    description:
      'The oldest delivery of webhook {{ $labels.webhook }} waits for {{ $value | humanizeDuration }}.',
    action: 'linda webhooks, and look at the receiver',
    dashboard: 'messages',
  },
  {
    name: 'WebhookLost',
    severity: 'critical',
    expr: `${grown('job, instance', 'linda_webhook_dropped_total', '15m')} > 0
  or
${grown('job, instance', 'linda_webhook_missed_total', '15m')} > 0`,
    summary: 'Deliveries to webhooks are lost for good.',
    description: 'Agent {{ $labels.instance }} lost {{ $value | humanize }} within 15 minutes.',
    action: 'Mend the receiver, and read `webhook.dropped` and `webhook.missed` in the log.',
    dashboard: 'messages',
  },
]

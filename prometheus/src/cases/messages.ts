// Cases of the alerts on the message path.

import { account, born, day, ji, jia, jp, of, ofAccount, runs, type Trials } from './case.ts'

const open = (state: string, values: string, instance = 'a:9464') => ({
  [of('whatsapp_outbox_messages', { pool: 'sales', state, instance })]: values,
})
const age = (values: string, state = 'queued') => ({
  [of('whatsapp_outbox_oldest_seconds', { pool: 'sales', state })]: values,
})
const limited = (values: string, instance = 'a:9464') => ({
  [of('whatsapp_outbox_limited_messages', { pool: 'sales', instance })]: values,
})
const acked = (values: string) => ({
  ...account('open', '1x500'),
  [ofAccount('whatsapp_messages_acked_total')]: values,
})
const ended = (count: number, state = 'failed') => ({
  ...runs,
  [of('whatsapp_outbox_ended_total', { pool: 'sales', state })]: born(count),
})
const accepted = (values: string) => ({ [of('whatsapp_messages_accepted_total', { pool: 'sales' })]: values })
const unkept = (why: string) => of('whatsapp_inbound_unkept_total', { why })
const webhook = { job: 'linda', webhook: 'crm' }
const dead = (values: string, instance = 'a:9464') => ({
  [of('linda_webhook_backlog', { webhook: 'crm', state: 'dead', instance })]: values,
})
const late = (values: string) => ({ [of('linda_webhook_oldest_seconds', { webhook: 'crm' })]: values })

export const messageCases: Trials = {
  OutboxGrowing: {
    fires: [
      {
        // Both agents count the same rows.
        series: { ...open('queued', '50x60 250x200'), ...open('queued', '50x60 250x200', 'b:9464') },
        at: '20m',
        told: [{ labels: jp, value: '200' }],
      },
      // A pool that had nothing open had no series.
      {
        series: open('queued', '_x60 150x200'),
        at: '17m',
        told: [{ labels: jp, value: '150' }],
      },
    ],
    quiet: { series: open('queued', '900x300'), at: '30m' },
    missing: { series: open('scheduled', '0x60 5000x200'), at: '20m' },
  },
  OutboxStuck: {
    fires: {
      series: { ...age('400x100'), ...acked('7x500') },
      at: '10m',
      told: [{ labels: jp, value: '6m 40s' }],
    },
    quiet: [
      // A message that was scheduled for today is days old, and goes.
      { series: { ...age('90000x100'), ...acked('0+5x500') }, at: '10m' },
      // All that waits waits for the next day of its accounts, which two agents have.
      {
        series: {
          ...age('400x100'),
          ...acked('7x500'),
          ...open('queued', '8x100'),
          ...open('unknown', '2x100', 'b:9464'),
          ...limited('6x100'),
          ...limited('4x100', 'b:9464'),
        },
        at: '10m',
      },
    ],
    missing: [
      // One waits for something else.
      {
        series: { ...age('400x100'), ...acked('7x500'), ...open('queued', '10x100'), ...limited('9x100') },
        at: '10m',
        told: [{ labels: jp, value: '6m 40s' }],
      },
      // It is not known which pool the account is of.
      {
        series: { ...age('400x100'), [ofAccount('whatsapp_messages_acked_total')]: '0+5x500' },
        at: '10m',
        told: [{ labels: jp, value: '6m 40s' }],
      },
      { series: acked('7x500'), at: '10m' },
    ],
  },
  OutboxSlow: {
    fires: { series: age('2000x200'), at: '20m', told: [{ labels: jp, value: '33m 20s' }] },
    quiet: { series: age('2000x30 10x200'), at: '20m' },
    missing: { series: age('90000x200', 'scheduled'), at: '20m' },
  },
  OutboxParked: {
    fires: [
      { series: open('parked', '3x200'), at: '5m', told: [{ tier: '1', labels: jp, value: '3' }] },
      // The pool has used its day: nobody is called.
      {
        series: {
          ...open('parked', '3x200'),
          ...account('open', '1x500', { eligible: '0x500' }),
          ...day('50x500'),
        },
        at: '20m',
        told: [{ tier: '1', labels: jp, value: '3' }],
      },
      {
        // One that is out has used its day too: that is not why.
        series: {
          ...open('parked', '3x200'),
          ...account('open', '1x500', { mode: 'out' }),
          ...day('50x500'),
        },
        at: '20m',
        told: [
          { tier: '1', labels: jp, value: '3' },
          { tier: '2', labels: jp, value: '3' },
        ],
      },
      {
        series: open('parked', '3x200'),
        at: '20m',
        told: [
          { tier: '1', labels: jp, value: '3' },
          { tier: '2', labels: jp, value: '3' },
        ],
      },
    ],
    quiet: { series: open('parked', '3x6 _x100'), at: '20m' },
    missing: { series: open('queued', '3x200'), at: '20m' },
  },
  OutboxFailing: {
    fires: [
      {
        series: { ...ended(10), ...accepted('0x12 100x60') },
        at: '5m',
        told: [{ labels: jp, value: '10' }],
      },
    ],
    quiet: [
      { series: { ...ended(10), ...accepted('0x12 1000x60') }, at: '5m' },
      { series: { ...ended(5), ...accepted('0x12 10x60') }, at: '5m' },
    ],
    // Nothing is accepted any more, and what waited ends.
    missing: { series: ended(10), at: '5m', told: [{ labels: jp, value: '10' }] },
  },
  OutboxNearLimit: {
    fires: {
      series: {
        ...open('queued', '5000x60'),
        ...open('scheduled', '4000x60'),
        ...open('queued', '5000x60', 'b:9464'),
        [of('linda_outbox_limit')]: '10000x60',
      },
      at: '3m',
      told: [{ labels: { job: 'linda' }, value: '9k' }],
    },
    quiet: {
      series: {
        ...open('queued', '5000x60'),
        ...open('queued', '5000x60', 'b:9464'),
        [of('linda_outbox_limit')]: '10000x60',
      },
      at: '3m',
    },
    missing: { series: open('queued', '90000x60'), at: '3m' },
  },
  InboundWaiting: {
    fires: { series: { ...runs, [unkept('store')]: born(1) }, at: '5m', told: [{ labels: ji, value: '1' }] },
    quiet: { series: { ...runs, [unkept('full')]: born(1) }, at: '5m' },
    missing: { series: runs, at: '5m' },
  },
  InboundDropped: {
    fires: { series: { ...runs, [unkept('full')]: born(1) }, at: '5m', told: [{ labels: ji, value: '1' }] },
    quiet: { series: { ...runs, [unkept('store')]: born(1) }, at: '5m' },
    missing: { series: runs, at: '5m' },
  },
  InboundHandlerFailed: {
    fires: {
      series: { ...runs, [ofAccount('whatsapp_messages_handler_failed_total')]: born(2) },
      at: '5m',
      told: [{ labels: jia, value: '2' }],
    },
    quiet: { series: { ...runs, [ofAccount('whatsapp_messages_handler_failed_total')]: '2x500' }, at: '40m' },
    missing: { series: runs, at: '5m' },
  },
  WebhookDeadLetters: {
    fires: {
      series: { ...dead('4x60'), ...dead('4x60', 'b:9464') },
      at: '3m',
      told: [{ labels: webhook, value: '4' }],
    },
    quiet: { series: dead('4x6 0x60'), at: '3m' },
    missing: { series: { [of('linda_webhook_backlog', { webhook: 'crm' })]: '4x60' }, at: '3m' },
  },
  WebhookLate: {
    fires: { series: late('600x100'), at: '8m', told: [{ labels: webhook, value: '10m 0s' }] },
    quiet: { series: late('100x100'), at: '8m' },
    missing: { series: { ...runs, ...dead('0x60') }, at: '8m' },
  },
  WebhookLost: {
    fires: [
      {
        series: { ...runs, [of('linda_webhook_dropped_total', { webhook: 'crm' })]: born(3) },
        at: '5m',
        told: [{ labels: ji, value: '3' }],
      },
      {
        series: { ...runs, [of('linda_webhook_missed_total')]: '0x12 1x60' },
        at: '5m',
        told: [{ labels: ji, value: '1' }],
      },
    ],
    quiet: { series: { ...runs, [of('linda_webhook_missed_total')]: '0x60' }, at: '5m' },
    missing: { series: runs, at: '5m' },
  },
}

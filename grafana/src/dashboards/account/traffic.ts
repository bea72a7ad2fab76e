import { rising } from '../../look/colours.ts'
import { figure } from '../../panels/figures.ts'
import { events, lines } from '../../panels/graphs.ts'
import { noEvent, now, range } from '../../queries/query.ts'
import { account, grew, grewInRange } from '../../queries/selectors.ts'
export const traffic = [
  lines({
    title: 'Messages of this account',
    what: 'Written, acknowledged and received messages per second.',
    whenBad: 'written without acknowledged is a session whose message path is dead.',
    width: 12,
    unit: 'mps',
    noValue: 'unknown account',
    queries: (
      [
        ['written', 'whatsapp_messages_sent_total'],
        ['acknowledged', 'whatsapp_messages_acked_total'],
        ['received', 'whatsapp_messages_received_total'],
      ] as const
    ).map(([legend, metric]) => range(legend, `sum(rate(${account(metric)}[$__rate_interval]))`)),
  }),
  events({
    title: 'Failed attempts',
    what: 'Messages of this account that were not acknowledged at an attempt, by code.',
    whenBad:
      'nack-463 is a restriction, ack-timeout a dead path, not-on-whatsapp the number of the recipient.',
    width: 8,
    unit: 'short',
    noValue: 'none has failed',
    queries: [
      range(
        '{{code}}',
        `sum by (code) (${grew(account('whatsapp_messages_failed_total'))}) > 0`,
        noEvent('No message failed'),
      ),
    ],
  }),
  figure({
    title: 'Unreadable',
    what: 'Inbound messages in the time range that could not be decrypted at first, and that their handler could not take.',
    whenBad: 'a few come again by themselves; dozens are a second process on the same keys.',
    width: 4,
    height: 8,
    unit: 'none',
    decimals: 0,
    steps: rising(5, 50),
    noValue: 'unknown account',
    queries: [
      now('undecryptable', `sum(increase(${account('whatsapp_messages_undecryptable_total')}[$__range]))`),
      now(
        'handler failed',
        `sum(${grewInRange(account('whatsapp_messages_handler_failed_total'))})`,
        noEvent('Every message was handled'),
      ),
    ],
  }),
]

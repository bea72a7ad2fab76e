// How long WhatsApp and the recipients take, and what comes in.

import { events, lines } from '../../panels/graphs.ts'
import { heatmap } from '../../panels/heatmap.ts'
import { mine } from '../../queries/accounts.ts'
import { noEvent, range } from '../../queries/query.ts'
import { account, grew, of, quantile } from '../../queries/selectors.ts'

export const times = [
  heatmap({
    title: 'Acknowledgement times',
    what: 'Time from sending to the acknowledgement of the server: the darker, the more messages. Points are traces.',
    whenBad: 'a second band further up is a group of accounts: compare on Fleet; open the trace of a point.',
    width: 12,
    unit: 's',
    noValue: 'no message yet',
    queries: [
      range(
        '{{le}}',
        `sum by (le) (increase(${of('whatsapp_message_ack_seconds_bucket')}[$__rate_interval]))`,
        {
          format: 'heatmap',
          exemplars: true,
        },
      ),
    ],
  }),
  lines({
    title: 'Acknowledgement and delivery',
    what: 'Half, 95% and 99% of the acknowledgements of the server, and the receipts of recipients. Points are traces.',
    whenBad: 'acknowledgements are ours to mend; receipts depend on the phones of the recipients.',
    width: 12,
    unit: 's',
    noValue: 'no message yet',
    queries: [
      range('acknowledged 50%', quantile(0.5, 'whatsapp_message_ack_seconds')),
      range('acknowledged 95%', quantile(0.95, 'whatsapp_message_ack_seconds'), { exemplars: true }),
      range('acknowledged 99%', quantile(0.99, 'whatsapp_message_ack_seconds')),
      range('delivered 50%', quantile(0.5, 'whatsapp_message_delivery_seconds')),
      range('delivered 95%', quantile(0.95, 'whatsapp_message_delivery_seconds'), { exemplars: true }),
    ],
  }),
]

export const inbound = [
  events({
    title: 'Inbound trouble',
    what: 'Messages that could not be decrypted at first, that their handler could not take, or that the store did not take or that were dropped.',
    whenBad: 'full is loss: bring the store back and do not restart the agent before that.',
    width: 12,
    unit: 'short',
    noValue: 'none',
    queries: [
      range(
        'undecryptable',
        `sum(${mine(`increase(${account('whatsapp_messages_undecryptable_total')}[$__rate_interval])`)})`,
      ),
      range(
        'handler failed',
        `sum(${mine(grew(account('whatsapp_messages_handler_failed_total')))}) > 0`,
        noEvent('Every message was handled'),
      ),
      range(
        'not kept: {{why}}',
        `sum by (why) (${grew(of('whatsapp_inbound_unkept_total'))}) > 0`,
        noEvent('The store took every message'),
      ),
    ],
  }),
  lines({
    title: 'Test messages',
    what: 'Canaries: time from sending to the arrival at another account, half and 95%, and how many of each outcome a minute.',
    whenBad: 'not-received is a deaf session; see DeafSession.',
    width: 12,
    unit: 's',
    noValue: 'canaries are off',
    overrides: [
      {
        matcher: { id: 'byRegexp', options: '/per minute/' },
        properties: [
          { id: 'unit', value: 'opm' },
          { id: 'custom.axisPlacement', value: 'right' },
        ],
      },
    ],
    queries: [
      range('50%', quantile(0.5, 'whatsapp_canary_seconds'), {
        mayBeEmpty: 'Canaries are off by default, and only accounts that are idle are probed.',
      }),
      range('95%', quantile(0.95, 'whatsapp_canary_seconds'), {
        mayBeEmpty: 'Canaries are off by default, and only accounts that are idle are probed.',
      }),
      range(
        '{{outcome}} per minute',
        `60 * sum by (outcome) (${mine(`rate(${account('whatsapp_canary_probes_total')}[$__rate_interval])`)})`,
        {
          mayBeEmpty: 'Canaries are off by default, and only accounts that are idle are probed.',
        },
      ),
    ],
  }),
]

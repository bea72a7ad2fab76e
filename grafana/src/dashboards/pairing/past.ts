// How long people take, and what happened over time.

import { thresholds } from '../../../../prometheus/src/thresholds.ts'
import { rising } from '../../look/colours.ts'
import { states } from '../../look/mappings.ts'
import { events, lines } from '../../panels/graphs.ts'
import { heatmap } from '../../panels/heatmap.ts'
import { timeline } from '../../panels/timeline.ts'
import { each, mine, stateCode } from '../../queries/accounts.ts'
import { noEvent, range } from '../../queries/query.ts'
import { account, grew, of, quantile } from '../../queries/selectors.ts'
import { ended } from './shared.ts'

export const times = [
  heatmap({
    title: 'Scan times',
    what: 'Time from the first view of a code to its scan: the darker, the more people.',
    whenBad: 'a second crowd further up are people who first look for the phone: give them links, not pages.',
    width: 12,
    unit: 's',
    noValue: 'nobody has scanned',
    queries: [
      range('{{le}}', `sum by (le) (increase(${of('whatsapp_qr_scan_seconds_bucket')}[$__rate_interval]))`, {
        format: 'heatmap',
      }),
    ],
  }),
  lines({
    title: 'Learned quantiles and windows',
    what: 'Over all chosen accounts: the times by which half and 95% have scanned as each account has learned them (mean), and the mean window.',
    whenBad: 'the window must lie above the 95% line; where it does not, people are cut off.',
    width: 12,
    unit: 's',
    noValue: 'no agent answers',
    queries: [
      range('window', `avg(${each('whatsapp_pairing_window_seconds')})`),
      range(
        'scanned by {{quantile}}',
        `avg by (quantile) (${each('whatsapp_qr_scan_quantile_seconds', '', 'quantile')})`,
        {
          mayBeEmpty: 'Nothing is learned before the first scans.',
        },
      ),
      range('observed 95%', quantile(0.95, 'whatsapp_qr_scan_seconds'), noEvent('Nobody scanned')),
    ],
  }),
]

export const happened = [
  timeline({
    title: 'Accounts in pairing',
    what: 'The states of those accounts that were pairing or waiting at some time in the range.',
    whenBad: 'blue bands that never turn green are accounts that nobody links.',
    width: 12,
    height: 9,
    unit: 'none',
    mappings: states,
    noValue: 'no account was pairing',
    queries: [
      range(
        '{{account}}',
        `max by (account) (${stateCode})
  and on (account) (sum by (account) (${mine(`increase(${account('whatsapp_qr_codes_issued_total')}[$__range])`)}) > 0)`,
        noEvent('No account was pairing'),
      ),
    ],
  }),
  events({
    title: 'Attempts by outcome',
    what: 'Pairing attempts that ended in each step, by method and outcome.',
    whenBad: 'passkey cannot be given by any program: see the runbook PasskeyRequired.',
    width: 12,
    height: 9,
    unit: 'short',
    noValue: 'no attempt ended',
    queries: [
      range(
        '{{method}} {{outcome}}',
        `sum by (method, outcome) (${mine(grew(ended))}) > 0`,
        noEvent('No attempt ended'),
      ),
    ],
  }),
  lines({
    title: 'Regenerations by account',
    what: 'Fresh attempts after a viewed one expired, in the hour before each point: the ten accounts with most.',
    whenBad: 'more than five in an hour page: close the pages that nobody attends.',
    width: 12,
    unit: 'short',
    steps: rising(thresholds.qr.regenerations, 2 * thresholds.qr.regenerations),
    limits: true,
    noValue: 'none',
    queries: [
      range(
        '{{account}}',
        `topk(10, sum by (account) (${mine(`increase(${account('whatsapp_qr_regenerations_total')}[1h])`)}))`,
      ),
    ],
  }),
  lines({
    title: 'Codes and expiries',
    what: 'Codes issued and attempts that expired, per minute, over the chosen accounts.',
    whenBad: 'codes without end and without a scan cost the accounts reputation: see EndlessQr.',
    width: 12,
    unit: 'opm',
    noValue: 'no agent answers',
    queries: [
      range(
        'codes',
        `60 * sum(${mine(`rate(${account('whatsapp_qr_codes_issued_total')}[$__rate_interval])`)})`,
      ),
      range(
        'expired',
        `60 * sum(${mine(`rate(${account('whatsapp_qr_expirations_total')}[$__rate_interval])`)})`,
      ),
    ],
  }),
]

// The linking of the account: codes, windows, and what was given up.

import { none, rising } from '../../look/colours.ts'
import { figure } from '../../panels/figures.ts'
import { lines } from '../../panels/graphs.ts'
import { each } from '../../queries/accounts.ts'
import { now, range } from '../../queries/query.ts'
import { account } from '../../queries/selectors.ts'
import { qr } from './shared.ts'

export const linking = [
  lines({
    title: 'QR history',
    what: 'Codes issued, looked at and scanned, attempts that expired, and fresh ones after that, since the agent started.',
    whenBad:
      'codes that rise without views are an unattended page; views without scans are people who cannot.',
    width: 8,
    unit: 'short',
    noValue: 'unknown account',
    queries: (
      [
        ['issued', 'whatsapp_qr_codes_issued_total'],
        ['viewed', 'whatsapp_qr_codes_viewed_total'],
        ['scanned', 'whatsapp_qr_scans_total'],
        ['expired', 'whatsapp_qr_expirations_total'],
        ['regenerated', 'whatsapp_qr_regenerations_total'],
      ] as const
    ).map(([legend, metric]) => range(legend, `sum(increase(${account(metric)}[$__rate_interval]))`)),
  }),
  lines({
    title: 'Pairing window',
    what: 'How long the next attempt may take, and the learned time by which half and 95% of the people have scanned.',
    whenBad: 'a window below the 95th percentile cuts people off: raise pairing.min.',
    width: 8,
    unit: 's',
    noValue: 'unknown account',
    queries: [
      range('window', `max(${each('whatsapp_pairing_window_seconds')})`),
      range(
        'scanned by {{quantile}}',
        `max by (quantile) (${each('whatsapp_qr_scan_quantile_seconds', '', 'quantile')})`,
        {
          mayBeEmpty: 'Nothing is learned before the first scans.',
        },
      ),
    ],
  }),
  figure({
    title: 'Codes in the time range',
    what: 'QR codes that became current in the time range.',
    whenBad: 'each code costs the account reputation: close the pages that ask for them.',
    width: 4,
    height: 8,
    unit: 'none',
    decimals: 0,
    steps: rising(qr.codes / 2, qr.codes),
    noValue: 'unknown account',
    queries: [now('codes', `sum(increase(${account('whatsapp_qr_codes_issued_total')}[$__range]))`)],
  }),
  figure({
    title: 'Given up',
    what: 'Times in the range that everything allowed was shown in vain, and that a code to be typed was offered instead.',
    whenBad: 'the account waits for a person: reset its QR with the phone at hand.',
    width: 4,
    height: 8,
    unit: 'none',
    decimals: 0,
    steps: none(),
    noValue: 'unknown account',
    queries: [
      now('given up', `sum(increase(${account('whatsapp_pairing_given_up_total')}[$__range]))`),
      now('typed code', `sum(increase(${account('whatsapp_pairing_code_fallbacks_total')}[$__range]))`),
    ],
  }),
]

// Who has to scan, how far people get, and which windows are in force.

import { thresholds } from '../../../../prometheus/src/thresholds.ts'
import { byField, cellActions } from '../../actions.ts'
import { falling, none, plain, rising } from '../../look/colours.ts'
import { toAccount } from '../../look/links.ts'
import { states } from '../../look/mappings.ts'
import { bars, figure } from '../../panels/figures.ts'
import { table } from '../../panels/table.ts'
import { chosen, countIn, each, mine, orZero, stateCode } from '../../queries/accounts.ts'
import { noEvent, now, rows } from '../../queries/query.ts'
import { account, grewInRange, of } from '../../queries/selectors.ts'
import { ended, linked } from './shared.ts'

const inRange = (metric: string): string => `sum(${mine(`increase(${account(metric)}[$__range])`)})`

export const funnel = bars({
  title: 'Funnel',
  what: 'Codes that became current, times that one was looked at, scans, and attempts that ended linked, in the time range.',
  whenBad:
    'issued far above viewed: unattended pages. Viewed far above scanned: people without the phone, or a window that is too short.',
  width: 8,
  height: 8,
  unit: 'none',
  decimals: 0,
  min: 0,
  steps: plain,
  noValue: 'no agent answers',
  queries: [
    now('1 issued', inRange('whatsapp_qr_codes_issued_total')),
    now('2 viewed', inRange('whatsapp_qr_codes_viewed_total')),
    now('3 scanned', inRange('whatsapp_qr_scans_total')),
    now('4 linked', orZero(`sum(${mine(grewInRange(linked))})`)),
  ],
})

export const figures = [
  figure({
    title: 'Waiting for a scan',
    what: 'Accounts that show a code now or wait until somebody asks for one.',
    whenBad: 'the table names them; send whoever holds the phone a link: `linda qr ACCOUNT --link`.',
    width: 5,
    height: 4,
    unit: 'none',
    steps: none('person'),
    loud: true,
    noValue: 'no agent answers',
    queries: [now('waiting', countIn('pairing|waiting'))],
  }),
  figure({
    title: 'Linked of all attempts',
    what: 'Share of the attempts of the time range that ended linked.',
    whenBad: 'see the outcomes: expired is people, refused is WhatsApp, passkey is nobody here.',
    width: 5,
    height: 4,
    unit: 'percentunit',
    decimals: 0,
    steps: falling(0.5, 0.75),
    noValue: 'no attempt ended',
    queries: [
      now(
        'linked',
        `(sum(${mine(grewInRange(linked))}) or 0 * sum(${mine(grewInRange(ended))}))
/ (sum(${mine(grewInRange(ended))}) > 0)`,
        noEvent('No attempt ended'),
      ),
    ],
  }),
]

export const vain = [
  figure({
    title: 'Shown in vain',
    what: 'In the time range: fresh attempts after one expired in front of somebody, offers of a code to be typed, and accounts given up.',
    whenBad: 'given up means that the account waits for a person: reset its QR with the phone at hand.',
    width: 11,
    height: 4,
    unit: 'none',
    decimals: 0,
    steps: rising(1, thresholds.qr.regenerations),
    noValue: 'no agent answers',
    queries: [
      now('regenerated', inRange('whatsapp_qr_regenerations_total')),
      now('typed code', inRange('whatsapp_pairing_code_fallbacks_total')),
      now('given up', inRange('whatsapp_pairing_given_up_total')),
    ],
  }),
  figure({
    title: 'Fleet learned',
    what: 'Time by which half and 95% of all people have scanned, over all accounts.',
    whenBad: 'a 95th percentile near pairing.max means that people need more than they may have.',
    width: 11,
    height: 4,
    unit: 's',
    decimals: 1,
    steps: rising(60, 120),
    noValue: 'not enough scans yet',
    queries: [
      now('by {{quantile}}', `max by (quantile) (${of('whatsapp_fleet_qr_scan_quantile_seconds')})`, {
        mayBeEmpty: 'Nothing is learned before the first scans.',
      }),
    ],
  }),
]

/** Pairing, or waiting until somebody asks for a code. */
const inPairing = each('whatsapp_session_state', 'state=~"pairing|waiting"')
const everybodyIsLinked = { mayBeEmpty: 'Every account is linked.' }
const inAnHour = (metric: string): string =>
  `sum by (account) (${mine(`increase(${account(metric)}[1h])`)} and on (job, account) ${inPairing})`

export const waiting = table({
  title: 'Who waits',
  what: 'Accounts that must be linked, with their state and what was tried in the last hour.',
  whenBad: 'reset the QR when the phone is at hand; more than five attempts an hour page.',
  width: 12,
  height: 9,
  noValue: 'every account is linked',
  join: 'account',
  sort: [{ column: 'Codes in 1 h', descending: true }],
  queries: [
    rows('pool', `max by (account, pool) (${chosen} and on (job, account) ${inPairing})`, everybodyIsLinked),
    rows('state', `max by (account) (${stateCode} and on (job, account) ${inPairing})`, everybodyIsLinked),
    rows('codes', inAnHour('whatsapp_qr_codes_issued_total'), everybodyIsLinked),
    rows('regenerations', inAnHour('whatsapp_qr_regenerations_total'), everybodyIsLinked),
  ],
  columns: [
    { from: 'account', name: 'Account', links: [toAccount] },
    { from: 'pool', name: 'Pool' },
    { from: 'Value #B', name: 'State', mappings: states, cell: 'background', size: 110 },
    {
      from: 'Value #C',
      name: 'Codes in 1 h',
      decimals: 0,
      steps: rising(thresholds.qr.codes / 2, thresholds.qr.codes),
      cell: 'text',
      size: 110,
    },
    {
      from: 'Value #D',
      name: 'Again in 1 h',
      decimals: 0,
      steps: rising(1, thresholds.qr.regenerations),
      cell: 'text',
      size: 110,
    },
    { from: 'Value #A', name: 'Do', size: 110, more: cellActions(['resetQr'], byField('Account')) },
  ],
})

export const windows = table({
  title: 'Windows in force',
  what: 'What was learned of each account and how long its next attempt may take; below the confidence the base window holds.',
  whenBad: 'a window below the 95th percentile cuts people off; `linda backtest` compares policies.',
  width: 12,
  height: 9,
  noValue: 'no agent answers',
  join: 'account',
  sort: [{ column: 'Window', descending: true }],
  queries: [
    rows('window', `max by (account) (${each('whatsapp_pairing_window_seconds')})`),
    rows('confidence', `max by (account) (${each('whatsapp_pairing_confidence_ratio')})`),
    rows('half', `max by (account) (${each('whatsapp_qr_scan_quantile_seconds', 'quantile="0.5"')})`, {
      mayBeEmpty: 'Nothing is learned before the first scans.',
    }),
    rows('p95', `max by (account) (${each('whatsapp_qr_scan_quantile_seconds', 'quantile="0.95"')})`, {
      mayBeEmpty: 'Nothing is learned before the first scans.',
    }),
  ],
  columns: [
    { from: 'account', name: 'Account', links: [toAccount] },
    { from: 'Value #A', name: 'Window', unit: 's', decimals: 0 },
    {
      from: 'Value #B',
      name: 'Confidence',
      unit: 'percentunit',
      decimals: 0,
      steps: falling(0.5, 0.85),
      cell: 'text',
    },
    { from: 'Value #C', name: 'Half scanned by', unit: 's', decimals: 1 },
    { from: 'Value #D', name: '95% scanned by', unit: 's', decimals: 1 },
  ],
})

// How the account is: score, state, evidence, and what was decided about it.

import { byVariable, cellActions } from '../../actions.ts'
import { falling, rising } from '../../look/colours.ts'
import { modes, states, upDown, yesNo } from '../../look/mappings.ts'
import { bars, dial, figure } from '../../panels/figures.ts'
import { table } from '../../panels/table.ts'
import { chosen, each, stateCode, up, uptime } from '../../queries/accounts.ts'
import { now, rows } from '../../queries/query.ts'
import { evidenceAge, health } from './shared.ts'

export const head = [
  dial({
    title: 'Health',
    what: 'The score of the account, 0 to 100.',
    whenBad: 'the lowest bar of the factors beside it says why.',
    width: 4,
    height: 7,
    unit: 'none',
    decimals: 0,
    min: 0,
    max: 100,
    steps: falling(health.low, health.fleet),
    noValue: 'not scored yet',
    queries: [
      now('health', `max(${each('whatsapp_health_score')})`, {
        mayBeEmpty: 'An account is not scored before it has been linked and observed.',
      }),
    ],
  }),
  bars({
    title: 'Factors of the score',
    what: 'What each factor is worth, from 0 to 100. A factor that was never observed has no bar.',
    whenBad:
      'uptime: see the timeline; qr_quality: Pairing; error_rate and message_processing: Messages; response_time: the network.',
    width: 8,
    height: 7,
    unit: 'none',
    decimals: 0,
    min: 0,
    max: 100,
    steps: falling(health.low, health.fleet),
    noValue: 'nothing observed yet',
    queries: [
      now('{{factor}}', `max by (factor) (${each('whatsapp_health_factor_score', '', 'factor')})`, {
        mayBeEmpty: 'An account is not scored before it has been linked and observed.',
      }),
    ],
  }),
]

export const standing = [
  figure({
    title: 'State',
    what: 'What the session is now.',
    whenBad:
      'logged-out, replaced and failed need a person; connecting for more than a minute is the network; agent down is about its agent.',
    width: 6,
    height: 4,
    unit: 'none',
    mappings: states,
    loud: true,
    noValue: 'unknown account',
    queries: [now('state', `max(${stateCode})`)],
  }),
  figure({
    title: 'Evidence age',
    what: 'Time since the server last gave a sign of life.',
    whenBad:
      'above a minute while the state is open the session is about to be called dead and dialled again.',
    width: 6,
    height: 3,
    unit: 's',
    decimals: 0,
    steps: rising(60, 120),
    noValue: 'none known',
    queries: [now('age', evidenceAge)],
  }),
]

export const decided = [
  figure({
    title: 'Up',
    what: 'Open, and the evidence is fresh.',
    whenBad: 'look at the last disconnects below.',
    width: 6,
    height: 4,
    unit: 'none',
    mappings: upDown,
    noValue: 'unknown account',
    queries: [now('up', `max(${up})`)],
  }),
  figure({
    title: 'Uptime in 24 hours',
    what: 'Share of the last 24 hours in which it was up. While its agent does not answer it is down.',
    whenBad: 'compare with the objective on SLO.',
    width: 6,
    height: 3,
    unit: 'percentunit',
    decimals: 2,
    steps: falling(0.95, 0.995),
    noValue: 'unknown account',
    queries: [now('uptime', `max(${uptime('24h')})`)],
  }),
]

const deeds = ['checkNow', 'resetQr', 'drain', 'putBack', 'failOver', 'clearDamping'] as const

export const place = table({
  title: 'Who it is',
  what: 'Pool, role and region of the account, what a person decided about it, and whether WhatsApp restricts it.',
  whenBad:
    'an account that is out was failed over; one that is restricted may begin no conversation. The buttons ask before they act.',
  width: 24,
  height: 4,
  noValue: 'unknown account',
  join: 'account',
  queries: [
    rows('info', `max by (account, pool, role) (${chosen})`),
    rows('mode', `max by (account, mode) (${each('whatsapp_account_mode', '', 'mode')})`),
    rows('restricted', `max by (account) (${each('whatsapp_account_restricted')})`),
  ],
  columns: [
    { from: 'pool', name: 'Pool' },
    { from: 'role', name: 'Role' },
    { from: 'mode', name: 'Mode', mappings: modes, cell: 'text' },
    { from: 'Value #C', name: 'Restricted', mappings: yesNo, cell: 'text' },
    { from: 'Value #A', name: 'Do', size: 700, more: cellActions(deeds, byVariable()) },
  ],
})

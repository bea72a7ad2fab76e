// Which pools and accounts spend the budget, and how long they take to come back.

import { objectives } from '../../../../prometheus/src/objectives.ts'
import { falling, rising } from '../../look/colours.ts'
import { toAccount } from '../../look/links.ts'
import { figure } from '../../panels/figures.ts'
import { lines } from '../../panels/graphs.ts'
import { table } from '../../panels/table.ts'
import { mine, sessionWanted } from '../../queries/accounts.ts'
import { now, range, rows } from '../../queries/query.ts'
import { account, of, pool, quantile } from '../../queries/selectors.ts'
import { leftSteps } from './shared.ts'

/** What has been linked: an account that nobody has linked yet promises nothing. */
const wanted = account(sessionWanted, 'pool=~"$pool"')

/** Of every agent that had the account: after a move each knows a part of the time. */
const perAccount = (expr: string): string => `sum by (job, account) (${mine(expr)})`
const samples = perAccount(`count_over_time(${wanted}[$__range])`)
const upSamples = perAccount(`sum_over_time(${wanted}[$__range])`)
const outages = perAccount(`resets(${wanted}[$__range])`)

/** Recorded every so many seconds. */
const EVERY = 30

export const where = [
  table({
    title: 'By pool',
    what: 'Share of the wanted time in which sessions of the pool were down, in an hour, a day and 30 days, and the budget left.',
    whenBad: 'the pool with the least budget is the one to mend; its accounts are beside it.',
    width: 10,
    noValue: 'not measured yet',
    join: 'pool',
    sort: [{ column: 'Budget left' }],
    queries: [
      ...(['1h', '1d', '30d'] as const).map((window) =>
        rows(window, `max by (pool) (${pool(`linda:pool_session_errors:ratio_${window}`)})`),
      ),
      rows('left', `min by (pool) (${pool('linda:pool_session_error_budget:left')})`),
    ],
    columns: [
      { from: 'pool', name: 'Pool' },
      {
        from: 'Value #A',
        name: 'Down in 1 h',
        unit: 'percentunit',
        decimals: 2,
        steps: rising(0.005, 0.05),
        cell: 'text',
      },
      {
        from: 'Value #B',
        name: 'Down in 1 d',
        unit: 'percentunit',
        decimals: 2,
        steps: rising(0.005, 0.05),
        cell: 'text',
      },
      {
        from: 'Value #C',
        name: 'Down in 30 d',
        unit: 'percentunit',
        decimals: 3,
        steps: rising(0.005, 0.01),
        cell: 'text',
      },
      {
        from: 'Value #D',
        name: 'Budget left',
        unit: 'percentunit',
        decimals: 1,
        steps: leftSteps,
        cell: 'text',
      },
    ],
  }),
  table({
    title: 'By account',
    what: 'Of each account in the time range: share of the wanted time that it was up, how often it went down, and the mean time until it was back.',
    whenBad: 'many short outages are a loop, few long ones are a person who was not there.',
    width: 14,
    noValue: 'not measured yet',
    join: 'account',
    sort: [{ column: 'Kept' }],
    queries: [
      rows('kept', `min by (account) (${upSamples} / ${samples})`),
      rows('outages', `sum by (account) (${outages})`),
      rows('mttr', `max by (account) (${EVERY} * (${samples} - ${upSamples}) / (${outages} > 0))`, {
        mayBeEmpty: 'No session went down in the time range.',
      }),
      rows('now', `max by (account) (${mine(wanted)})`),
    ],
    columns: [
      { from: 'account', name: 'Account', links: [toAccount] },
      {
        from: 'Value #A',
        name: 'Kept',
        unit: 'percentunit',
        decimals: 3,
        steps: falling(0.95, objectives.sessions),
        cell: 'text',
      },
      { from: 'Value #B', name: 'Outages', decimals: 0 },
      { from: 'Value #C', name: 'Back after', unit: 's', decimals: 0, steps: rising(60, 300), cell: 'text' },
      { from: 'Value #D', name: 'Up now', decimals: 0, steps: falling(1, 1), cell: 'text' },
    ],
  }),
]

export const recovery = [
  figure({
    title: 'Mean time to recovery',
    what: 'Mean time from a session going down until it is up again, over all outages of the time range.',
    whenBad: 'above a minute: the back-off, or outages that only a person ends.',
    width: 6,
    height: 8,
    unit: 's',
    decimals: 0,
    steps: rising(60, 300),
    noValue: 'no outage',
    queries: [
      now('MTTR', `${EVERY} * (sum(${samples}) - sum(${upSamples})) / (sum(${outages}) > 0)`, {
        mayBeEmpty: 'No session went down in the time range.',
      }),
    ],
  }),
  lines({
    title: 'Time to connect',
    what: 'Time from dialling to an accepted login, half and 95% of those that succeeded.',
    whenBad: 'a rise for all accounts is the network or WhatsApp, at a start it is the queue.',
    width: 9,
    unit: 's',
    noValue: 'nothing connected',
    queries: [0.5, 0.95].map((share) =>
      range(`${100 * share}%`, quantile(share, 'whatsapp_session_connect_seconds', '', 'outcome="opened"'), {
        mayBeEmpty: 'Nothing connected in the time range.',
      }),
    ),
  }),
  lines({
    title: 'Messages acknowledged and lost',
    what: 'Per second: messages that the server acknowledged, and messages that ended without it and count against the objective.',
    whenBad: 'any lost ones: Messages says by which code.',
    width: 9,
    unit: 'mps',
    noValue: 'not measured yet',
    queries: [
      range('acknowledged', `sum(${of('linda:messages_acked:rate5m')})`),
      range('lost', `sum(${of('linda:messages_lost:rate5m')})`),
    ],
  }),
]

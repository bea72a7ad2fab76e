// What fires, and whether the way to a phone is whole now.

import { thresholds } from '../../../../prometheus/src/thresholds.ts'
import { falling, none, rising } from '../../look/colours.ts'
import { toAccount, toRunbook } from '../../look/links.ts'
import { alertSeverities, firing } from '../../look/mappings.ts'
import { bars, figure } from '../../panels/figures.ts'
import { table } from '../../panels/table.ts'
import { timeline } from '../../panels/timeline.ts'
import { now, range, rows } from '../../queries/query.ts'
import { grewInRange, quantileOf } from '../../queries/selectors.ts'
import { alerts, noPager, pager, pagers, running } from './shared.ts'

const count = (severity: string): string =>
  `count(${alerts(`alertstate="firing", severity="${severity}"`)}) or vector(0)`

export const head = [
  figure({
    title: 'Firing now',
    what: 'Alerts that fire now, by severity. Watchdog always fires and is among the infos.',
    whenBad: 'the table names them, the worst first.',
    width: 6,
    unit: 'none',
    steps: none('warning'),
    noValue: 'Prometheus does not answer',
    // What does not fire has no series, and is 0.
    queries: [
      now('critical', count('critical')),
      now('warning', count('warning')),
      now('info', count('info')),
    ],
  }),
  figure({
    title: 'Heartbeat',
    what: 'Time since Watchdog last reached the pager: the whole way from Prometheus through Alertmanager.',
    whenBad: 'above five minutes nobody would be paged: look at Alertmanager and its route for Watchdog.',
    width: 4,
    unit: 's',
    decimals: 0,
    steps: rising(thresholds.heartbeat / 2, thresholds.heartbeat),
    loud: true,
    noValue: 'no pager',
    queries: [now('heartbeat', `max(time() - ${pager('pager_heartbeat_timestamp_seconds')})`, running)],
  }),
  figure({
    title: 'Told within',
    what: 'Time from the start of an alert until a provider took the message, which 95% do not exceed, in the range.',
    whenBad: 'promised are 30 s: compare the clocks, then look at group_wait and at the provider.',
    width: 4,
    unit: 's',
    decimals: 1,
    steps: rising(thresholds.pagerDelay / 2, thresholds.pagerDelay),
    noValue: 'nobody was told',
    queries: [
      now(
        '95%',
        quantileOf(0.95, grewInRange(pager('pager_notification_delay_seconds_bucket'), pagers)),
        noPager,
      ),
    ],
  }),
  figure({
    title: 'Not told',
    what: 'Notifications that failed for good in the time range: somebody was not told.',
    whenBad: 'tell whoever is on call by another way, then look at the account with the provider.',
    width: 3,
    unit: 'none',
    decimals: 0,
    steps: none(),
    loud: true,
    noValue: 'no pager',
    queries: [
      now(
        'failed',
        `sum(${grewInRange(pager('pager_notifications_total', 'outcome="failed"'), pagers)}) or 0 * count(${pager('pager_heartbeat_timestamp_seconds')})`,
        running,
      ),
    ],
  }),
  figure({
    title: 'Waiting to be sent',
    what: 'Age of the oldest notification that is not sent yet.',
    whenBad: 'a channel is out or its budget is spent: see the budgets.',
    width: 3,
    unit: 's',
    decimals: 0,
    steps: rising(thresholds.pagerDelay, 300),
    noValue: 'none waits',
    queries: [now('oldest', `max(${pager('pager_oldest_delivery_seconds')})`, noPager)],
  }),
  bars({
    title: 'Budget left',
    what: 'Notifications that each channel may still send this hour.',
    whenBad: '0 is a storm or fraud: the next channel of the receiver takes over; silence the cause.',
    width: 4,
    height: 4,
    unit: 'none',
    min: 0,
    steps: falling(1, 5),
    noValue: 'no pager',
    queries: [now('{{channel}}', `min by (channel) (${pager('pager_budget_left')})`, running)],
  }),
]

export const now_ = [
  table({
    title: 'Alerts now',
    what: 'Every alert that fires or is about to, about the chosen accounts and pools or about none.',
    whenBad: 'click the alert for its runbook, the account for its dashboard.',
    width: 14,
    height: 10,
    noValue: 'no alert',
    sort: [{ column: 'Severity' }],
    queries: [
      rows(
        'alerts',
        `max by (alertname, severity, alertstate, tier, account, pool, instance) (${alerts('alertname!="Watchdog"')})`,
        {
          mayBeEmpty: 'A healthy fleet has no alert.',
        },
      ),
    ],
    columns: [
      { from: 'severity', name: 'Severity', mappings: alertSeverities, cell: 'background', size: 90 },
      { from: 'alertname', name: 'Alert', links: [toRunbook] },
      { from: 'alertstate', name: 'State', size: 80 },
      { from: 'tier', name: 'Tier', size: 60 },
      { from: 'account', name: 'Account', links: [toAccount], size: 110 },
      { from: 'pool', name: 'Pool', size: 100 },
      { from: 'instance', name: 'Agent' },
    ],
  }),
  timeline({
    title: 'Alerts over time',
    what: 'When each alert fired.',
    whenBad: 'what begins together has one cause; read from the first one.',
    width: 10,
    height: 10,
    unit: 'none',
    mappings: firing,
    noValue: 'no alert fired',
    queries: [
      range('{{alertname}}', `max by (alertname) (${alerts('alertstate="firing", alertname!="Watchdog"')})`, {
        mayBeEmpty: 'No alert fired in the time range.',
      }),
    ],
  }),
]

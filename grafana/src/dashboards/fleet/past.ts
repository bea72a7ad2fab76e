import { thresholds } from '../../../../prometheus/src/thresholds.ts'
import { falling } from '../../look/colours.ts'
import { states } from '../../look/mappings.ts'
import { events, lines } from '../../panels/graphs.ts'
import { timeline } from '../../panels/timeline.ts'
import { each, mine, stateCode } from '../../queries/accounts.ts'
import { range } from '../../queries/query.ts'
import { account, grew, of, pool, rate } from '../../queries/selectors.ts'

export const past = [
  timeline({
    title: 'States',
    what: 'The state of every chosen account over time.',
    whenBad: 'many bands that change colour at one moment are one cause; one band alone is that account.',
    width: 12,
    height: 10,
    unit: 'none',
    mappings: states,
    noValue: 'no agent answers',
    queries: [range('{{account}}', `max by (account) (${stateCode})`)],
  }),
  lines({
    title: 'The ten sickest',
    what: 'Health of the ten accounts with the lowest score.',
    whenBad: 'a slow fall is one factor, a cliff is an incident: open the account.',
    width: 12,
    height: 10,
    unit: 'none',
    min: 0,
    max: 100,
    steps: falling(thresholds.health.low, thresholds.health.fleet),
    limits: true,
    noValue: 'not scored yet',
    queries: [
      range('{{account}}', `bottomk(10, max by (account) (${each('whatsapp_health_score')}))`),
      range('fleet, as {{instance}} sees it', of('whatsapp_fleet_health_score')),
    ],
  }),
  events({
    title: 'Disconnects by reason',
    what: 'Connections that ended in each step, by reason.',
    whenBad: 'one reason for many accounts is not about an account: see the runbook of ConnectionLost.',
    width: 12,
    unit: 'short',
    noValue: 'no connection has ended',
    queries: [
      range(
        '{{reason}}',
        `sum by (reason) (${mine(grew(account('whatsapp_session_disconnects_total')))}) > 0`,
        {
          mayBeEmpty: 'No connection ended in the time range.',
        },
      ),
    ],
  }),
  lines({
    title: 'Messages',
    what: 'Accepted, acknowledged and received messages per second.',
    whenBad: 'accepted above acknowledged for minutes means that messages wait: open Messages.',
    width: 12,
    unit: 'mps',
    noValue: 'no message yet',
    queries: [
      range('accepted', `sum(${rate('pool', pool('whatsapp_messages_accepted_total'))})`),
      range(
        'acknowledged',
        `sum(${mine(`rate(${account('whatsapp_messages_acked_total')}[$__rate_interval])`)})`,
      ),
      range(
        'received',
        `sum(${mine(`rate(${account('whatsapp_messages_received_total')}[$__rate_interval])`)})`,
      ),
    ],
  }),
]

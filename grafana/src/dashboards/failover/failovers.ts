import { rising } from '../../look/colours.ts'
import { failoverSeconds } from '../../look/limits.ts'
import { events, lines } from '../../panels/graphs.ts'
import { each, mine } from '../../queries/accounts.ts'
import { noEvent, range } from '../../queries/query.ts'
import { account, grew, of, pool } from '../../queries/selectors.ts'
export const failovers = [
  events({
    title: 'Failovers by outcome',
    what: 'Failovers that ended in each step, by pool, what began them and how they ended.',
    whenBad: 'the same pool again and again: its accounts share a fault, or the damping is too short.',
    width: 12,
    unit: 'short',
    noValue: 'no failover',
    queries: [
      range(
        '{{pool}}: {{trigger}}, {{outcome}}',
        `sum by (pool, trigger, outcome) (${grew(pool('whatsapp_failovers_total'))}) > 0`,
        noEvent('There was no failover'),
      ),
    ],
  }),
  lines({
    title: 'Phases',
    what: 'Mean time of each phase of the failovers around each moment: detect, transfer, and from the fault to the end.',
    whenBad:
      'promised are 5 s to detect, 5 s to transfer and 10 s to be active: the phase above its share is the one to look at.',
    width: 12,
    unit: 's',
    steps: rising(failoverSeconds.detect, failoverSeconds.end),
    limits: true,
    noValue: 'no failover',
    queries: [
      range(
        '{{phase}}',
        `sum by (phase) (${grew(of('whatsapp_failover_phase_seconds_sum'))}) / (sum by (phase) (${grew(of('whatsapp_failover_phase_seconds_count'))}) > 0)`,
        noEvent('There was no failover'),
      ),
    ],
  }),
  events({
    title: 'Held and ejected',
    what: 'Faults that were not failed over, by what they were, and accounts that got no new conversations for a while after failures in a row.',
    whenBad:
      'held again and again is damping at work: an account that flaps. Shadow ejections decide nothing yet.',
    width: 12,
    unit: 'short',
    noValue: 'none',
    queries: [
      range(
        'held, {{pool}}: {{trigger}}',
        `sum by (pool, trigger) (${grew(pool('whatsapp_failovers_held_total'))}) > 0`,
        noEvent('Nothing was held'),
      ),
      range(
        '{{outcome}}: {{account}}',
        `sum by (account, outcome) (${mine(grew(account('whatsapp_route_ejections_total')))}) > 0`,
        noEvent('Nobody was ejected'),
      ),
    ],
  }),
  lines({
    title: 'Out over time',
    what: 'Accounts by mode: what persons and failovers decided.',
    whenBad:
      'accounts that stay out for days are work left over: put them back or take them out of the configuration.',
    width: 12,
    unit: 'none',
    stacked: true,
    noValue: 'no agent answers',
    queries: [range('{{mode}}', `count by (mode) (${each('whatsapp_account_mode', '', 'mode')})`)],
  }),
]

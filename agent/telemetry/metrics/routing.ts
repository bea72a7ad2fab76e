// Who gets messages, and whose work went to another.

import { counter, gauge, histogram, type MetricSpec } from './spec.ts'

/** A decision may take 50 microseconds for a pool of 1,000. */
const decisionSeconds = [0.000001, 0.0000025, 0.000005, 0.00001, 0.000025, 0.00005, 0.0001, 0.001, 0.01]
const failoverSeconds = [0.1, 0.25, 0.5, 1, 2, 3, 4, 5, 7.5, 10, 20, 60]

export const routing = {
  routeDecisions: counter(
    'whatsapp_route_decisions_total',
    'Messages given to an account, or to none (an empty account), which parks them.',
    ['pool', 'account', 'strategy', 'reason'],
  ),
  routeSeconds: histogram(
    'whatsapp_route_decision_seconds',
    'Time of a routing decision.',
    ['strategy'],
    decisionSeconds,
  ),
  ejections: counter(
    'whatsapp_route_ejections_total',
    'Accounts that got no new conversations for a while after failures in a row, or in shadow mode would have got none.',
    ['account', 'outcome'],
  ),
  accountMode: gauge('whatsapp_account_mode', 'The mode of the account; only the current one has a series.', [
    'account',
    'mode',
  ]),
  accountModeSince: gauge(
    'whatsapp_account_mode_since_timestamp_seconds',
    'When the account was given its mode; no series where it never was given one.',
    ['account'],
    'seconds',
  ),
  accountEligible: gauge(
    'whatsapp_account_eligible',
    'Whether the routing gives the account new conversations: 1, or 0 for a mode, its session, a restriction, its health, its limit of the day or an ejection.',
    ['account'],
  ),
  poolAccounts: gauge(
    'whatsapp_pool_accounts',
    'Accounts of a pool, by role and by the state of their session; whether they may send says whatsapp_account_eligible.',
    ['pool', 'role', 'state'],
  ),
  failovers: counter('whatsapp_failovers_total', 'Failovers that ended, by what began them and how.', [
    'pool',
    'trigger',
    'outcome',
  ]),
  failoversHeld: counter(
    'whatsapp_failovers_held_total',
    'Faults of accounts that were not failed over; the event says why.',
    ['pool', 'trigger'],
  ),
  failoverSeconds: histogram(
    'whatsapp_failover_phase_seconds',
    'Time of a failover: from the fault to its detection, from there to the transfer, and from the fault to its end.',
    ['phase'],
    failoverSeconds,
  ),
  failoverOpen: gauge(
    'whatsapp_failovers_open',
    'Failovers under way, the same on every agent of a store.',
    [],
  ),
  failoverEnabled: gauge('linda_failover_enabled', 'Whether automatic failover is on.', []),
} as const satisfies Record<string, MetricSpec>

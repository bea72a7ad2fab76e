// Failover: what has happened, what did not work, and who is left.

import type { Alert } from '../alert.ts'
import { grown, me, spentPools, unlinked, withPool } from '../promql.ts'
import { thresholds } from '../thresholds.ts'

/** Accounts that somebody may count on, with their pool. One that nobody has linked is none, one that WhatsApp has ended is. */
const members = `(
      whatsapp_account_info
      unless on ${me} whatsapp_session_state{state=~"pairing|waiting|stopped"}
      unless on ${me} ${unlinked}
    )`
const inPool = `* on ${me} group_left (pool) whatsapp_account_info`
/** Gets new conversations, as the routing itself sees it: mode, restriction, health, limits and ejections are in it. Without a series nothing speaks against it. */
const fit = `(
      whatsapp_session_up == 1
      unless on ${me} (whatsapp_account_eligible == 0)
    )`
/** Each once, however many agents have a copy of it. */
const total = `count by (job, pool) (count by (job, pool, account) (${members}))`
/** Nobody fit has no series: that is 0 of a pool that has members. */
const able = `(
    count by (job, pool) (${fit} ${inPool})
    or 0 * ${total}
  )`

export const failover: readonly Alert[] = [
  {
    name: 'FailoverHappened',
    severity: 'info',
    // What a person asked for is known to a person.
    expr: `${grown('job, pool, trigger', 'whatsapp_failovers_total{outcome="active", trigger!="asked"}', '10m')} > 0`,
    summary: 'Another account has taken over.',
    description:
      'Pool {{ $labels.pool }}: {{ $value | humanize }} failovers within 10 minutes ({{ $labels.trigger }}).',
    action: 'linda failover list --pool {{ $labels.pool }}',
    dashboard: 'failover',
  },
  {
    name: 'FailoverFailed',
    severity: 'critical',
    expr: `${grown('job, pool, outcome', 'whatsapp_failovers_total{outcome="parked", trigger!="asked"}', '10m')} > 0`,
    summary: 'A failover did not work: its messages wait.',
    description:
      'Pool {{ $labels.pool }}: {{ $value | humanize }} failovers ended {{ $labels.outcome }} within 10 minutes.',
    action: 'linda failover list --pool {{ $labels.pool }}, then show with its id: every account and why not',
    dashboard: 'failover',
  },
  {
    name: 'FailoverCalledOff',
    severity: 'warning',
    // The account has its work: mostly it only blinked, and where its fault lasts its own alerts page for it.
    expr: `${grown('job, pool, trigger', 'whatsapp_failovers_total{outcome="rolled-back", trigger!="asked"}', '10m')} > 0`,
    summary: 'A failover was called off: the account keeps its work.',
    description:
      'Pool {{ $labels.pool }}: {{ $value | humanize }} failovers were called off within 10 minutes ({{ $labels.trigger }}).',
    action: 'linda failover list --pool {{ $labels.pool }}, then show with its id: the last step says why',
    dashboard: 'failover',
  },
  {
    name: 'FailoverHeld',
    severity: 'warning',
    // A pool of one cannot fail over; its account is told of by its own alerts.
    expr: `${grown('job, pool, trigger', 'whatsapp_failovers_held_total', '10m')} > 0
  unless on (job, pool) count by (job, pool) (count by (job, pool, account) (whatsapp_account_info)) == 1`,
    summary: 'An account has a fault and is not failed over.',
    description:
      'Pool {{ $labels.pool }}: {{ $value | humanize }} times within 10 minutes ({{ $labels.trigger }}).',
    action:
      'Read why in `failover.held`: switched off, damped, nobody fit, or this machine; linda failover --from decides by hand',
    dashboard: 'failover',
  },
  {
    name: 'FailoverStuck',
    severity: 'critical',
    // Every agent of a store shows the same number.
    expr: 'max by (job) (whatsapp_failovers_open) > 0',
    // A planned one waits for what is on its way: `failover.drain`, half a minute unless somebody wants more, ten at most.
    for: '10m',
    summary: 'A failover does not come to its end.',
    description: '{{ $labels.job }} has {{ $value }} failovers open.',
    action: 'linda failover list shows the step, failover.stuck in the log why it is not taken',
    dashboard: 'failover',
  },
  {
    name: 'FailoverSwitchedOff',
    severity: 'warning',
    expr: 'min by (job) (linda_failover_enabled) == 0',
    for: '1h',
    summary: 'Automatic failover has been off for an hour.',
    description: 'Automatic failover of {{ $labels.job }} is off ({{ $value }}).',
    action: 'linda failover on',
    dashboard: 'failover',
  },
  {
    name: 'AccountLeftOut',
    severity: 'warning',
    // Alerts of an account in maintenance are silent, and nobody takes it back but a person.
    expr: withPool(`time() - whatsapp_account_mode_since_timestamp_seconds > ${thresholds.leftOut}
  and on ${me} whatsapp_account_mode{mode!="up"}
`),
    summary: 'An account has been out of service for a day: it may have been forgotten.',
    description:
      'Account {{ $labels.account }} on {{ $labels.instance }} has been drained, in maintenance or out for {{ $value | humanizeDuration }}.',
    action:
      'linda routing says why and since when; linda account up {{ $labels.account }}, or take it off the list',
    dashboard: 'failover',
  },
  {
    name: 'PoolWithoutBackup',
    severity: 'warning',
    expr: `${able} == 1
  and on (job, pool) (${total} > 1)`,
    for: '5m',
    summary: 'One account of a pool is left: nobody could take over.',
    description: 'Pool {{ $labels.pool }} has {{ $value }} account that takes new conversations.',
    action: 'linda routing {{ $labels.pool }} says of each why; bring one back',
    dashboard: 'failover',
  },
  {
    name: 'PoolDown',
    severity: 'critical',
    // Who has used the limit of the day does what was asked for: OutboxParked warns of it.
    expr: `${able} == 0
  and on (job, pool) (${total} > 0)
  unless on (job, pool) ${spentPools}`,
    // A thousand accounts take a minute to connect.
    for: '2m',
    summary: 'No account of a pool takes new conversations.',
    description:
      'Pool {{ $labels.pool }} has {{ $value }} accounts that take new conversations; new messages are parked.',
    action: 'linda routing {{ $labels.pool }} says of each why; bring one back',
    dashboard: 'failover',
  },
]

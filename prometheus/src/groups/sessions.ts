// Sessions: lost, dead, flapping, or ended by WhatsApp. An account that nobody has linked yet, or that is stopped, is in none of these.

import type { Alert } from '../alert.ts'
import { grown, lost, me, upSomewhere, wanted, withPool } from '../promql.ts'
import { thresholds } from '../thresholds.ts'

const by = me.slice(1, -1)
const { fleetDown, zombies, flaps } = thresholds

/**
 * A big fleet takes a minute to connect: while its sessions wait for their turn, one that this process has not heard of yet is not lost.
 * One that was heard and is gone is lost, also in the first minutes. Later tiers do not ask.
 */
const starting = `(linda_connects_waiting > 0 and on (job, instance) process_start_time_seconds > time() - 300)`
const lostNow = `${lost}
  unless on ${me} (
    whatsapp_session_up == 0
    and on (job, instance) ${starting}
    unless on ${me} whatsapp_session_last_evidence_timestamp_seconds
  )`

const connectionLost = (['1', '2', '3'] as const).map(
  (tier, index): Alert => ({
    name: 'ConnectionLost',
    tier,
    severity: index === 0 ? 'warning' : 'critical',
    // The pool is what PoolDown is compared by: a pool that is down pages once and not for each of its accounts.
    expr: withPool(index === 0 ? lostNow : lost),
    for: thresholds.lost[index] as string,
    // When its agent dies nothing is known of it. That is no all-clear: it goes on until AgentDown hushes it.
    ...(index === 0 ? {} : { keepFiringFor: thresholds.lostWithAgent }),
    summary: 'A linked account has no connection to WhatsApp.',
    description: 'Account {{ $labels.account }} on {{ $labels.instance }} is not up: {{ $value }}.',
    action:
      'It is dialled again without you; see whether others are down with it (linda status), and move the traffic when it lasts: linda failover --from {{ $labels.account }}',
    dashboard: 'account',
  }),
)

const zombie = ([zombies.window, zombies.patternWindow] as const).map(
  (window, index): Alert => ({
    name: 'SessionZombie',
    tier: index === 0 ? '1' : '2',
    severity: index === 0 ? 'warning' : 'critical',
    expr: `${grown(by, 'whatsapp_session_evidence_lost_total', window)} >= ${index === 0 ? 1 : zombies.pattern}`,
    summary: 'A session said open and was dead.',
    description: `Account {{ $labels.account }} on {{ $labels.instance }}: {{ $value | humanize }} times within ${window}.`,
    action:
      'Linda has closed it and dials again; look at the network, or at what WhatsApp does to the account.',
    dashboard: 'account',
  }),
)

/** The state itself, so that it is told until somebody has acted, and no longer. */
const inState = (state: string): string =>
  `whatsapp_session_state{state="${state}"} unless on (job, account) ${upSomewhere}`

export const sessions: readonly Alert[] = [
  ...connectionLost,
  {
    name: 'FleetSessionsDown',
    severity: 'critical',
    // Only sessions that are wanted count on either side. Where nothing is down the first count has no series, and nothing fires.
    expr: `count by (job) (${lost}) >= ${fleetDown.fewest}
  and count by (job) (${lost})
    >= ${fleetDown.share} * count by (job) (whatsapp_session_up and on ${me} ${wanted})`,
    for: '2m',
    summary: 'Half of the sessions or more are down together.',
    description: '{{ $value }} sessions of {{ $labels.job }} are down.',
    action: 'Look at the network of the agents and at WhatsApp before any single account.',
    dashboard: 'fleet',
  },
  ...zombie,
  {
    name: 'SessionFlapping',
    severity: 'warning',
    // Sessions that came back: one that cannot come back is lost, and is told as that.
    expr: `${grown(by, 'whatsapp_session_reconnects_total{outcome="opened"}', flaps.window)} >= ${flaps.most}`,
    keepFiringFor: '5m',
    summary: 'A session opens and closes again and again.',
    description: `Account {{ $labels.account }} on {{ $labels.instance }} came back {{ $value | humanize }} times within ${flaps.window}.`,
    action: 'Read the reasons of its disconnects; the back-off slows the loop and does not end it.',
    dashboard: 'account',
  },
  {
    name: 'SessionLoggedOut',
    severity: 'critical',
    expr: inState('logged-out'),
    summary: 'WhatsApp has unlinked an account.',
    description: 'Account {{ $labels.account }} on {{ $labels.instance }} is logged out ({{ $value }}).',
    action: 'linda qr {{ $labels.account }} --reset',
    dashboard: 'account',
  },
  {
    name: 'SessionReplaced',
    severity: 'critical',
    expr: inState('replaced'),
    // It is taken back within ten seconds, once an hour.
    for: '30s',
    summary: 'Another program has taken the session of an account.',
    description: 'Account {{ $labels.account }} on {{ $labels.instance }} was replaced ({{ $value }}).',
    action: 'Find the other program, then: linda qr {{ $labels.account }} --reset',
    dashboard: 'account',
  },
  {
    name: 'SessionFailed',
    severity: 'critical',
    expr: inState('failed'),
    summary: 'A session is down for good: banned, outdated, or of the wrong phone.',
    description: 'Account {{ $labels.account }} on {{ $labels.instance }} has failed ({{ $value }}).',
    action:
      'Read the reason of its last disconnect; give its work to another account: linda failover --from {{ $labels.account }} --force',
    dashboard: 'account',
  },
  {
    name: 'AccountRestricted',
    severity: 'warning',
    expr: 'whatsapp_account_restricted == 1',
    summary: 'WhatsApp forbids an account to begin conversations.',
    description: 'Account {{ $labels.account }} is restricted ({{ $labels.kind }}): {{ $value }}.',
    action: 'linda account drain {{ $labels.account }} --why restricted',
    dashboard: 'account',
  },
  {
    name: 'AccountTemporarilyBanned',
    severity: 'critical',
    // The diagnosis lasts for as long as the login is refused; the disconnects come minutes apart.
    expr: 'whatsapp_diagnosis_active{issue="RESTRICTED_ACCOUNT", severity="CRITICAL"} == 1',
    summary: 'WhatsApp keeps an account out for a while.',
    description: 'Account {{ $labels.account }} on {{ $labels.instance }} is refused (402): {{ $value }}.',
    action: 'linda failover --from {{ $labels.account }} --force, and leave the account alone.',
    dashboard: 'account',
  },
]

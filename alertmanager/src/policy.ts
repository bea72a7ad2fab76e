// Who is told of which alert, by which channels, and how often the same is said again: the one table that routes are made from.

import type { Alert, Severity } from '../../prometheus/src/alert.ts'

export const channels = ['slack', 'email', 'sms', 'push', 'voice'] as const
export type Channel = (typeof channels)[number]

/** Channels that the pager serves: one page for each account, because a person acknowledges one account at a time. */
export const paged: readonly Channel[] = ['sms', 'push', 'voice']

/**
 * How often the pager hears that an alert goes on: of an alert that ended while it was hushed and begins anew, Alertmanager says nothing
 * before that. Whom the pager tells again is its own cooldown of 50 minutes, which five of these outlast and four do not.
 */
export const heardByPager = '12m'

/** How long the same is not said again by a channel. A higher tier is not the same. */
export const cooldowns: Readonly<Record<Channel, string>> = {
  slack: '10m',
  email: '30m',
  sms: '1h',
  push: '1h',
  voice: '1h',
}

/** What is told of an alert that nobody has said more about, also of those that are not Linda's own. */
export const bySeverity: Readonly<Record<Severity, readonly Channel[]>> = {
  critical: ['slack', 'email', 'sms', 'push'],
  warning: ['slack'],
  info: ['slack'],
}

export interface Exception {
  /** By tier; an alert without tiers has the tier `''`. */
  readonly tiers: Readonly<Record<string, readonly Channel[]>>
  /** Instead of the cooldown of every channel. */
  readonly cooldown?: string
}

const everything = [...bySeverity.critical, 'voice'] as const
/** Whoever had an SMS a few minutes ago is called; to the pager both are one page, which an acknowledgement of either ends. */
const called = ['slack', 'email', 'voice'] as const
/** The pager cannot tell of itself. */
const pastThePager: Exception = { tiers: { '': ['slack', 'email'] } }

/** What severity alone would get wrong. */
export const exceptions: Readonly<Record<string, Exception>> = {
  ConnectionLost: {
    tiers: {
      1: ['slack', 'email'],
      2: ['slack', 'email', 'sms'],
      3: called,
    },
  },
  QrRegenerationFailed: { tiers: { '': ['slack', 'sms'] }, cooldown: '1h' },
  HealthDropped: { tiers: { '': ['slack'] } },
  // Nothing works at all: somebody is called.
  AgentDown: { tiers: { 1: bySeverity.critical, 2: called } },
  AgentAbsent: { tiers: { '': everything } },
  FleetSessionsDown: { tiers: { '': everything } },
  PoolDown: { tiers: { '': everything } },
  PagerDown: pastThePager,
  PagerFailing: pastThePager,
  PagerWaiting: pastThePager,
  PagerHeartbeatLate: pastThePager,
}

/** The dead man's switch: it goes to the pager, every minute, and to nobody else. */
export const heartbeat = 'Watchdog'

/** Who is told of it; nobody of the heartbeat. */
export function channelsOf({
  name,
  tier,
  severity,
}: Pick<Alert, 'name' | 'tier' | 'severity'>): readonly Channel[] {
  if (name === heartbeat) return []
  return exceptions[name]?.tiers[tier ?? ''] ?? bySeverity[severity]
}

// Health: scores that are low or fall, and the diagnoses that no other alert tells of.

import type { Alert } from '../alert.ts'
import { maintained, me, unlinked, wanted } from '../promql.ts'
import { thresholds } from '../thresholds.ts'

const { low, veryLow, fleet, drop } = thresholds.health

/**
 * Of accounts that are wanted up: one that waits to be linked is worth 50 at most and that is no news, and one that WhatsApp has ended is
 * told of by name. While nothing is known there is no score, and nothing fires.
 */
const counting = `
  and on ${me} ${wanted}
  unless on ${me} ${unlinked}
  unless on ${me} ${maintained}`
const score = 'whatsapp_health_score'

const healthLow = (tier: '1' | '2'): Alert => ({
  name: 'HealthLow',
  tier,
  severity: tier === '1' ? 'warning' : 'critical',
  expr: `${score} < ${tier === '1' ? low : veryLow}${counting}`,
  for: '10m',
  summary: 'The health of an account is low.',
  description:
    'Account {{ $labels.account }} on {{ $labels.instance }} has a health of {{ $value | humanize }}.',
  action: 'Look at its factors and diagnoses: whatsapp_health_factor_score, whatsapp_diagnosis_active.',
  dashboard: 'account',
})

const diagnosed = (
  name: string,
  issue: string,
  severity: Alert['severity'],
  words: Pick<Alert, 'summary' | 'action' | 'dashboard'>,
): Alert => ({
  name,
  severity,
  // A diagnosis has a series only while it holds; its severity may change, and it is one alert all the same.
  expr: `max by (job, instance, account, issue) (whatsapp_diagnosis_active{issue="${issue}"}) == 1`,
  for: '1m',
  description: 'Account {{ $labels.account }} on {{ $labels.instance }}: {{ $labels.issue }} ({{ $value }}).',
  ...words,
})

export const health: readonly Alert[] = [
  healthLow('1'),
  healthLow('2'),
  {
    name: 'HealthDropped',
    severity: 'warning',
    expr: `max_over_time(${score}[1h]) - ${score} >= ${drop}${counting}`,
    summary: 'The health of an account fell by ten points within an hour.',
    description:
      'Account {{ $labels.account }} on {{ $labels.instance }} lost {{ $value | humanize }} points.',
    action: 'See which factor fell, and whether other accounts fell with it.',
    dashboard: 'account',
  },
  {
    name: 'FleetHealthLow',
    severity: 'critical',
    // Not whatsapp_fleet_health_score: that counts accounts which wait to be linked, too.
    expr: `avg by (job) (${score}${counting}
) < ${fleet}`,
    for: '5m',
    summary: 'The accounts are unwell together.',
    description: 'The mean health of the accounts of {{ $labels.job }} is {{ $value | humanize }}.',
    action: 'Look for what they share: the network, the store, a version.',
    dashboard: 'fleet',
  },
  diagnosed('DeafSession', 'DEAF_SESSION', 'critical', {
    summary: 'A session is open and hears nothing.',
    action:
      'linda account drain {{ $labels.account }} --why deaf, and compare with the chat list on the phone',
    dashboard: 'account',
  }),
  diagnosed('MessagesUnacknowledged', 'UNACKNOWLEDGED_MESSAGES', 'critical', {
    summary: 'One message after the other stays without an acknowledgement.',
    action: 'linda failover --from {{ $labels.account }}',
    dashboard: 'messages',
  }),
  diagnosed('DeliveryFalling', 'FALLING_DELIVERY', 'warning', {
    summary: 'Fewer messages of an account are acknowledged than before.',
    action: 'linda messages --account {{ $labels.account }} --state unknown',
    dashboard: 'messages',
  }),
  diagnosed('MessagesUndecryptable', 'UNDECRYPTABLE_MESSAGES', 'warning', {
    summary: 'Messages arrive that cannot be read.',
    action: 'Look for a second process on the same session, then for a restored store.',
    dashboard: 'messages',
  }),
]

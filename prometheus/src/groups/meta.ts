// The watchers: the pager, Prometheus itself, and the one alert whose silence is the alarm.

import type { Alert } from '../alert.ts'
import { grown, pagers } from '../promql.ts'
import { thresholds } from '../thresholds.ts'

const { heartbeat, pagerDelay, pagerWaits } = thresholds

export const meta: readonly Alert[] = [
  {
    name: 'Watchdog',
    severity: 'info',
    // Its own label: another Prometheus behind the same Alertmanager may have an alert of this name.
    expr: 'label_replace(vector(1), "job", "linda", "", "")',
    summary:
      'This alert always fires: whoever stops hearing it has lost the way from Prometheus to the pager.',
    description: 'Alive: {{ $value }}.',
    action: 'Nothing while it comes.',
    dashboard: 'paging',
  },
  {
    name: 'PagerDown',
    severity: 'critical',
    // Whoever has no pager has no target and no series; a target that has gone within the hour was hardly meant to.
    expr: `up{${pagers}} == 0
  or
0 * last_over_time(up{${pagers}}[1h]) unless on (job) up{${pagers}}`,
    for: '1m',
    summary: 'The pager does not answer: no SMS, no call and no push is sent.',
    description: 'Pager {{ $labels.instance }} of {{ $labels.job }} has not answered: `up` is {{ $value }}.',
    action: 'Look at its process and log; Slack and e-mail go past it.',
    dashboard: 'paging',
  },
  {
    name: 'PagerFailing',
    severity: 'critical',
    expr: `${grown('job, instance, channel', 'pager_notifications_total{outcome="failed"}', '10m')} > 0`,
    summary: 'Somebody was not told.',
    description:
      'Pager {{ $labels.instance }}: {{ $value | humanize }} notifications by {{ $labels.channel }} failed within 10 minutes.',
    action: 'Look at the account with the provider, and tell whoever is on call by another way.',
    dashboard: 'paging',
  },
  {
    name: 'PagerWaiting',
    severity: 'critical',
    // PagerFailing is told when it happens; this is told for as long as it lasts, whatever it waits for.
    expr: `pager_oldest_critical_delivery_seconds > ${pagerWaits}`,
    summary: 'Something critical has not reached somebody who must be told.',
    description:
      'The oldest critical delivery of pager {{ $labels.instance }} has waited for {{ $value | humanizeDuration }}.',
    action: 'Tell whoever is on call by another way; then look at pager_budget_left and at the provider.',
    dashboard: 'paging',
  },
  {
    name: 'PagerMistaken',
    severity: 'warning',
    expr: `${grown('job, instance, what', 'pager_mistakes_total', '1h')} > 0`,
    summary: 'The pager and Alertmanager do not agree, and somebody may be woken who is not on call.',
    description:
      'Pager {{ $labels.instance }}: {{ $value | humanize }} webhooks within an hour with {{ $labels.what }}.',
    action: 'Compare the receivers of alertmanager.yml and of pager.yaml; npm run pager -- check-config',
    dashboard: 'paging',
  },
  {
    name: 'PagerSlow',
    severity: 'warning',
    // Without notifications the quantile is no number, which is more than nothing and not above anything.
    expr: `histogram_quantile(0.95, sum by (job, channel, le) (rate(pager_notification_delay_seconds_bucket[30m]))) > ${pagerDelay}`,
    for: '5m',
    summary: 'Notifications take longer than half a minute.',
    description: 'By {{ $labels.channel }} one in twenty takes longer than {{ $value | humanizeDuration }}.',
    action: 'Compare the clocks, then look at the provider and at group_wait.',
    dashboard: 'paging',
  },
  {
    name: 'PagerHeartbeatLate',
    severity: 'critical',
    // 0 until Watchdog came for the first time; that is given as long after a start.
    expr: `time() - pager_heartbeat_timestamp_seconds > ${heartbeat}
  and on (job, instance) process_start_time_seconds < time() - ${heartbeat}`,
    for: '1m',
    summary: 'The pager hears nothing from Alertmanager.',
    description: 'The last Watchdog reached {{ $labels.instance }} {{ $value | humanizeDuration }} ago.',
    action: 'Look at Alertmanager and at its route for Watchdog.',
    dashboard: 'paging',
  },
  {
    name: 'AlertmanagerUnreachable',
    severity: 'critical',
    // Found, or found and every sending fails.
    expr: `prometheus_notifications_alertmanagers_discovered < 1
  or
increase(prometheus_notifications_errors_total[5m]) > 0`,
    for: '5m',
    summary: 'Prometheus cannot hand its alerts on.',
    description:
      'Prometheus {{ $labels.instance }} has no Alertmanager that takes its alerts ({{ $value | humanize }}).',
    action: 'Look at prometheus/targets/alertmanager.yml and at Alertmanager.',
    dashboard: 'paging',
  },
  {
    name: 'NotificationsFailing',
    severity: 'critical',
    // By each way: who is told of it is told by another one. A notification that works after a retry has not failed.
    expr: `sum by (job, instance, integration) (increase(alertmanager_notifications_failed_total[5m])) > 0`,
    for: '1m',
    summary: 'Alertmanager cannot send by one of its ways.',
    description:
      'Alertmanager {{ $labels.instance }}: {{ $value | humanize }} notifications by {{ $labels.integration }} failed within 5 minutes.',
    action:
      'Read its log: an address or secret that is wrong, or a provider that is away; linda silence list',
    dashboard: 'paging',
  },
  {
    name: 'RulesFailing',
    severity: 'critical',
    expr: `sum by (job, instance) (increase(prometheus_rule_evaluation_failures_total[5m])) > 0
  or
prometheus_config_last_reload_successful == 0`,
    for: '1m',
    summary: 'Prometheus cannot evaluate its rules or read its configuration.',
    description:
      'Prometheus {{ $labels.instance }} works with old or broken rules ({{ $value | humanize }}).',
    action: 'promtool check config, and the log of Prometheus',
    dashboard: 'paging',
  },
]

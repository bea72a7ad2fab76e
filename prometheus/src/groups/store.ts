// The store and the history: away, failing, or losing what should be kept.

import type { Alert } from '../alert.ts'
import { grown } from '../promql.ts'
import { thresholds } from '../thresholds.ts'

export const store: readonly Alert[] = [
  {
    name: 'StoreDown',
    severity: 'critical',
    expr: 'linda_store_up == 0',
    for: '15s',
    summary: 'An agent cannot reach its store.',
    description: 'Agent {{ $labels.instance }} has no {{ $labels.driver }} store: {{ $value }}.',
    action: 'Bring the database back; nothing is accepted until then, and what comes in waits in memory.',
    dashboard: 'agent',
  },
  {
    name: 'StoreFailing',
    severity: 'critical',
    expr: `${grown('job, instance, driver', 'linda_store_errors_total', '5m')} > ${thresholds.storeErrors}`,
    summary: 'Statements fail in a store that can be reached.',
    description:
      'Agent {{ $labels.instance }}: {{ $value | humanize }} statements failed in {{ $labels.driver }} within 5 minutes.',
    action: 'Look for a full disk first, then at `store.failed` in the log.',
    dashboard: 'agent',
  },
  {
    name: 'HistoryDown',
    severity: 'warning',
    expr: 'linda_history_up == 0',
    for: '5m',
    summary: 'InfluxDB cannot be used.',
    description: 'Agent {{ $labels.instance }} cannot use {{ $labels.driver }}: {{ $value }}.',
    action: 'Bring it back before 10,000 events wait: then the oldest are dropped.',
    dashboard: 'history',
  },
  {
    name: 'HistoryFailing',
    severity: 'warning',
    // Not written yet; for longer than a restart of the database takes.
    expr: `${grown('job, instance, driver', 'linda_history_points_total{outcome="failed"}', '5m')} > 0`,
    for: '10m',
    summary: 'The history does not take events, which wait.',
    description:
      'Agent {{ $labels.instance }}: {{ $value | humanize }} writes of events to {{ $labels.driver }} failed within 5 minutes.',
    action: 'Look at the disk and the log of the database.',
    dashboard: 'history',
  },
  {
    name: 'HistoryDropping',
    severity: 'critical',
    expr: `${grown('job, instance, driver', 'linda_history_points_total{outcome="dropped"}', '15m')} > 0`,
    summary: 'Events are lost to the history.',
    description:
      'Agent {{ $labels.instance }} dropped {{ $value | humanize }} events for {{ $labels.driver }} within 15 minutes.',
    action: '`history.dropped` in the log says why: full, refused or stopped.',
    dashboard: 'history',
  },
  {
    name: 'ReportFailed',
    severity: 'info',
    expr: `${grown('job, type', 'linda_reports_total{outcome="failed"}', '1h')} > 0`,
    summary: 'A report was not sent.',
    description: 'The {{ $labels.type }} report was not sent, {{ $value | humanize }} times within an hour.',
    action: 'linda report {{ $labels.type }} --send, once the mail server works',
    dashboard: 'history',
  },
]

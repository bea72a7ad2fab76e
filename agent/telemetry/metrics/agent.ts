// The agent itself: its build, its events, its store and its history.

import { account, counter, gauge, histogram, type MetricSpec } from './spec.ts'

const storeSeconds = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1]

export const agent = {
  buildInfo: gauge('linda_build_info', 'Versions of what runs.', [
    'version',
    'node_version',
    'baileys_version',
  ]),
  events: counter('linda_events_total', 'Domain events, by type.', ['type']),
  subscriberErrors: counter(
    'linda_event_subscriber_errors_total',
    'Events that a subscriber could not take.',
  ),
  storeSeconds: histogram(
    'linda_store_query_seconds',
    'Time of a statement in the store.',
    ['driver', 'operation'],
    storeSeconds,
  ),
  storeErrors: counter('linda_store_errors_total', 'Statements that the store could not run.', [
    'driver',
    'operation',
  ]),
  storeUp: gauge('linda_store_up', 'Whether the store can be reached.', ['driver']),
  historyPoints: counter('linda_history_points_total', 'Events for the history, by what became of them.', [
    'driver',
    'outcome',
  ]),
  historyUp: gauge('linda_history_up', 'Whether InfluxDB can be used, where it keeps the history.', [
    'driver',
  ]),
  writesFenced: counter(
    'linda_store_writes_fenced_total',
    'Writes that were refused because another process has taken the account.',
    account,
  ),
} as const satisfies Record<string, MetricSpec>

// Every metric of the pager as data: the instruments, the documentation and the checks are all made from this list.

import type { MetricSpec } from '../../../agent/telemetry/catalogue.ts'

const counter = (name: string, help: string, labels: readonly string[] = []): MetricSpec => ({
  name,
  type: 'counter',
  help,
  unit: 'none',
  labels,
})
const gauge = (
  name: string,
  help: string,
  labels: readonly string[] = [],
  unit: MetricSpec['unit'] = 'none',
): MetricSpec => ({ name, type: 'gauge', help, unit, labels })

/** Thirty seconds are promised; a night that was waited for is long. */
const delaySeconds = [0.5, 1, 2.5, 5, 10, 15, 20, 25, 30, 45, 60, 120, 300, 900, 3_600, 43_200]
const channel = ['channel']

export const catalogue = {
  notifications: counter(
    'pager_notifications_total',
    'What became of deliveries: sent, fell-back to another channel, failed by all of them, cancelled.',
    ['channel', 'outcome'],
  ),
  delay: {
    name: 'pager_notification_delay_seconds',
    type: 'histogram',
    help: 'From the beginning of the alert until a provider took the message.',
    unit: 'seconds',
    labels: channel,
    buckets: delaySeconds,
  },
  heartbeat: gauge(
    'pager_heartbeat_timestamp_seconds',
    'When the alert that always fires came last; 0 until it comes for the first time.',
    [],
    'seconds',
  ),
  attempts: counter('pager_attempts_total', 'Requests to providers, by how they ended.', [
    'channel',
    'outcome',
  ]),
  retries: counter('pager_retries_total', 'Attempts that are made again.', channel),
  possibleDuplicates: counter(
    'pager_possible_duplicates_total',
    'Attempts whose answer was never known and that were followed by another.',
    channel,
  ),
  duplicates: counter(
    'pager_duplicates_total',
    'Deliveries that were not made because the recipient was told within the cooldown.',
    channel,
  ),
  webhooks: counter('pager_webhooks_total', 'Requests of Alertmanager, by what was answered.', ['outcome']),
  deliveries: gauge('pager_deliveries', 'Deliveries that are not over.', ['channel', 'state']),
  oldest: gauge(
    'pager_oldest_delivery_seconds',
    'Age of the oldest delivery that is not over and does not wait for the end of quiet hours.',
    [],
    'seconds',
  ),
  oldestCritical: gauge(
    'pager_oldest_critical_delivery_seconds',
    'Age of the oldest delivery of something critical that has reached nobody yet, whatever it waits for; 0 where there is none.',
    [],
    'seconds',
  ),
  budgetLeft: gauge(
    'pager_budget_left',
    'Deliveries that may still be made within this hour; one that is tried again counts once.',
    channel,
  ),
  pages: gauge('pager_pages', 'Pages that are not over.', ['state']),
  acknowledgements: counter('pager_acknowledgements_total', 'Acknowledged pages, by the way.', ['via']),
  callbacks: counter('pager_callbacks_total', 'Requests on the public listener.', ['kind', 'outcome']),
  mistakes: counter('pager_mistakes_total', 'Webhooks that were paged although something in them is wrong.', [
    'what',
  ]),
  heartbeatPings: counter('pager_heartbeat_pings_total', 'Calls of the heartbeat address outside.', [
    'outcome',
  ]),
  storeErrors: counter('pager_store_errors_total', 'Failures of the store.', ['operation']),
  failures: counter('pager_failures_total', 'Mistakes of the pager itself.', ['doing']),
  buildInfo: gauge('pager_build_info', 'Always 1.', ['version', 'node_version']),
} as const satisfies Record<string, MetricSpec>

export type PagerMetric = keyof typeof catalogue

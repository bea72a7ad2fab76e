// What leaves the agent for others: webhooks, reports, pages, the live stream, Grafana.

import { counter, gauge, histogram, type MetricSpec, quickSeconds } from './spec.ts'

const reportSeconds = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]
const pushSeconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60]
const liveSeconds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1]

export const outside = {
  webhookDeliveries: counter(
    'whatsapp_webhook_deliveries_total',
    'Attempts to deliver to webhooks, by what became of the delivery.',
    ['outcome'],
  ),
  webhookSeconds: histogram(
    'linda_webhook_delivery_seconds',
    'Time of an attempt to deliver to a webhook.',
    ['webhook'],
    quickSeconds,
  ),
  webhookBacklog: gauge(
    'linda_webhook_backlog',
    'Deliveries of a webhook that wait, are under way or are dead, as of some seconds ago.',
    ['webhook', 'state'],
  ),
  webhookOldest: gauge(
    'linda_webhook_oldest_seconds',
    'Age of the oldest delivery of a webhook that waits or is under way, as of some seconds ago.',
    ['webhook'],
    'seconds',
  ),
  webhookDropped: counter(
    'linda_webhook_dropped_total',
    'Dead letters that were deleted before their time because there were too many.',
    ['webhook'],
  ),
  webhookMissed: counter(
    'linda_webhook_missed_total',
    'Changes of session states that could not be written for the webhooks.',
  ),
  reports: counter('linda_reports_total', 'Reports that were to be sent, by what became of them.', [
    'type',
    'outcome',
  ]),
  reportSeconds: histogram(
    'linda_report_seconds',
    'Time of making a report from the history, without drawing or sending it.',
    ['type'],
    reportSeconds,
  ),
  notificationsSent: counter(
    'linda_notifications_sent_total',
    'Notifications that the pager has sent, as the agent read them from its history.',
    ['severity'],
  ),
  pagerPolls: counter('linda_pager_polls_total', 'Questions to the pager for what it has sent, by outcome.', [
    'outcome',
  ]),
  grafanaPushes: counter(
    'linda_grafana_pushes_total',
    'Requests to the live stream of Grafana, by outcome: pushed, failed (tried again) or refused.',
    ['outcome'],
  ),
  grafanaPushDelay: histogram(
    'linda_grafana_push_delay_seconds',
    'Time from a change of state or score until Grafana has taken it; the oldest of each request.',
    [],
    pushSeconds,
  ),
  grafanaDropped: counter('linda_grafana_dropped_total', 'Changes that Grafana was not told, by why.', [
    'why',
  ]),
  liveClients: gauge('linda_live_clients', 'Readers of the live stream.', ['transport']),
  liveFrames: counter(
    'linda_live_frames_total',
    'Frames written to readers of the live stream, one for each reader.',
    ['transport'],
  ),
  liveDropped: counter(
    'linda_live_dropped_total',
    'Readers of the live stream that the agent sent away, by why.',
    ['why'],
  ),
  liveDelay: histogram(
    'linda_live_delay_seconds',
    'Time from an event until it was written to every reader of the live stream; the oldest of each batch.',
    [],
    liveSeconds,
  ),
} as const satisfies Record<string, MetricSpec>

// Every list by its path, with what it can be filtered and sorted by.

import type { ListSpec } from '../list/query.ts'
import * as analytics from './analytics.ts'
import * as audit from './audit.ts'
import * as connections from './connections.ts'
import * as diagnoses from './diagnoses.ts'
import * as events from './events.ts'
import * as failovers from './failovers.ts'
import * as health from './health.ts'
import * as messages from './messages.ts'
import * as notifications from './notifications.ts'
import * as pairing from './pairing.ts'
import * as routing from './routing.ts'
import * as webhooks from './webhooks.ts'

export const listSpecs: Readonly<Record<string, ListSpec>> = {
  [connections.listConnections.path]: connections.connectionList,
  [health.getHealthScores.path]: health.scoreList,
  [health.listHealthMetrics.path]: health.metricsList,
  [diagnoses.listDiagnoses.path]: diagnoses.diagnosisList,
  [pairing.listScanMetrics.path]: pairing.scanMetricsList,
  [messages.listMessages.path]: messages.messageList,
  [routing.getRouting.path]: routing.routingList,
  [failovers.listFailovers.path]: failovers.failoverList,
  [events.listEvents.path]: events.eventList,
  [audit.listAudit.path]: audit.auditList,
  [webhooks.listWebhooks.path]: webhooks.webhookList,
  [webhooks.listDeliveries.path]: webhooks.deliveryList,
  [notifications.listNotifications.path]: notifications.notificationList,
  [analytics.listAnalytics.path]: analytics.analyticsList,
}

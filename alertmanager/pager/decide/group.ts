// A webhook of version 4 becomes one plain group: what is firing, how grave it is, whose account it is; nothing else of it is kept.

import { createHash } from 'node:crypto'
import { z } from 'zod'
import { maskPhones } from '../../../agent/telemetry/logging.ts'
import { gravest, isSeverity, type Severity } from '../words.ts'

/** Kinder than Alertmanager in what it does not need, so that a newer version with more fields still pages. */
const labels = z.record(z.string(), z.string())
const alert = z.object({
  status: z.enum(['firing', 'resolved']),
  labels,
  annotations: labels.default({}),
  startsAt: z.iso.datetime({ offset: true }),
  fingerprint: z.string().default(''),
})
export const webhook = z.object({
  version: z.literal('4'),
  groupKey: z.string().min(1).max(4096),
  status: z.enum(['firing', 'resolved']),
  receiver: z.string().max(1024).default(''),
  groupLabels: labels.default({}),
  commonLabels: labels.default({}),
  commonAnnotations: labels.default({}),
  alerts: z.array(alert).min(1).max(10_000),
})
export type Webhook = z.output<typeof webhook>
type Alert = Webhook['alerts'][number]

/** What people are told of a page; no phone number is in it. */
export interface Content {
  /** As in Prometheus: ConnectionLost. */
  alert: string
  account: string | null
  /** Alerts that are firing. */
  count: number
  summary: string
  action: string
  runbook: string | null
}

export interface Group {
  /** Of Alertmanager: the route and the labels of the group. */
  key: string
  /** Which page it belongs to. */
  page: string
  firing: boolean
  severity: Severity
  content: Content
  /** Fingerprint and beginning of each firing alert. */
  occurrences: string[]
  /** The earliest beginning of what is firing now, in milliseconds. */
  startedAt: number
  /** Labels that stand for a severity and are none. */
  oddSeverity: boolean
}

/** Alerts of one page may come as several groups: these labels say how grave and how late, not what it is. */
const notIdentity = ['severity', 'tier']

/** The group without its heartbeat alerts; null when nothing else is in it. */
export function groupOf(from: Webhook, heartbeat: string): Group | null {
  const alerts = from.alerts.filter(({ labels }) => labels.alertname !== heartbeat)
  if (alerts.length === 0) return null
  const firing = alerts.filter(({ status }) => status === 'firing')
  const told = firing.length > 0 ? firing : alerts
  const severity = gravest(told.map(severityOf))
  return {
    key: from.groupKey,
    page: pageKeyOf(from),
    firing: firing.length > 0,
    severity,
    content: contentOf(told, from, severity),
    occurrences: firing.map(
      ({ fingerprint, labels, startsAt }) => `${fingerprint || hash(labels)}@${startsAt}`,
    ),
    startedAt: Math.min(...told.map(({ startsAt }) => Date.parse(startsAt))),
    oddSeverity: told.some(({ labels }) => !isSeverity(labels.severity)),
  }
}

/** Whether the heartbeat is among the alerts that fire. */
export function hasHeartbeat({ alerts }: Webhook, heartbeat: string): boolean {
  return alerts.some(({ labels, status }) => labels.alertname === heartbeat && status === 'firing')
}

/** What nobody has graded might be grave. */
function severityOf({ labels: { severity } }: Alert): Severity {
  return isSeverity(severity) ? severity : 'critical'
}

function pageKeyOf({ groupLabels, groupKey }: Webhook): string {
  const rest = Object.entries(groupLabels).filter(([name]) => !notIdentity.includes(name))
  return rest.length === 0 ? hash({ groupKey }) : hash(Object.fromEntries(rest))
}

function hash(of: Record<string, string>): string {
  const sorted = Object.entries(of).sort(([a], [b]) => (a < b ? -1 : 1))
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex').slice(0, 32)
}

function contentOf(told: readonly Alert[], { commonAnnotations }: Webhook, severity: Severity): Content {
  // The gravest speaks for the others.
  const first = (told.find((each) => severityOf(each) === severity) ?? told[0]) as Alert
  const accounts = new Set(told.map(({ labels }) => labels.account ?? ''))
  const text = (name: string, longest: number): string =>
    maskPhones((first.annotations[name] ?? commonAnnotations[name] ?? '').trim()).slice(0, longest)
  const runbook = first.annotations.runbook_url ?? commonAnnotations.runbook_url ?? ''
  return {
    alert: (first.labels.alertname ?? 'Alert').slice(0, 100),
    account: accounts.size === 1 ? maskPhones([...accounts][0] ?? '').slice(0, 64) || null : null,
    count: told.length,
    summary: text('summary', 500),
    action: text('action', 500),
    runbook: runbook !== '' && runbook.length <= 500 && URL.canParse(runbook) ? runbook : null,
  }
}

// A webhook of version 4 becomes one plain group: what is firing, how grave it is, whose account it is; nothing else of it is kept.

import { createHash } from 'node:crypto'
import { z } from 'zod'
import { isId } from '../../../agent/config/ids.ts'
import { maskPhones, maskWritten } from '../../../agent/telemetry/logging.ts'
import { gravest, isSeverity, type Severity } from '../words.ts'
import { cutText, plain } from './plain.ts'

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
  alerts: z.array(alert).min(1),
  /** Alerts of the group that `max_alerts` left out: whether they fire is not said. */
  truncatedAlerts: z.int().min(0).optional(),
})
export type Webhook = z.output<typeof webhook>
type Alert = Webhook['alerts'][number]

/** What people are told of a page; no phone number is in it. */
export interface Content {
  /** As in Prometheus: ConnectionLost. */
  alert: string
  account: string | null
  /** What it is about, as people call it: an account, a pool, a webhook or an agent; null where it is all of them, or several. */
  where: string | null
  /** Alerts that are firing; those that are not named among them. */
  count: number
  summary: string
  action: string
  runbook: string | null
}

/** An alert from its beginning on: when it fires again after it was over, it is another occurrence. */
export interface Occurrence {
  fingerprint: string
  /** Milliseconds. */
  startsAt: number
}

export interface FiringAlert extends Occurrence {
  severity: Severity
}

export interface Group {
  /** Of Alertmanager: the route and the labels of the group. */
  key: string
  /** Which page it belongs to. */
  page: string
  severity: Severity
  content: Content
  firing: FiringAlert[]
  resolved: Occurrence[]
  /** More alerts belong to it than it names: what it does not name may still fire. */
  truncated: boolean
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
    severity,
    content: contentOf(told, from, severity),
    firing: firing.map((each) => ({ ...occurrenceOf(each), severity: severityOf(each) })),
    resolved: alerts.filter(({ status }) => status === 'resolved').map(occurrenceOf),
    truncated: (from.truncatedAlerts ?? 0) > 0,
    startedAt: Math.min(...told.map(({ startsAt }) => Date.parse(startsAt))),
    oddSeverity: told.some(({ labels }) => !isSeverity(labels.severity)),
  }
}

export interface Beat {
  alert: string
  /** Null for any. */
  job: string | null
}

/** Whether the heartbeat is among the alerts that fire. */
export function hasHeartbeat({ alerts }: Webhook, { alert, job }: Beat): boolean {
  const isIt = ({ labels }: Alert): boolean =>
    labels.alertname === alert && (job === null || labels.job === job)
  return alerts.some((each) => isIt(each) && each.status === 'firing')
}

function occurrenceOf({ fingerprint, labels, startsAt }: Alert): Occurrence {
  return { fingerprint: fingerprint || hash(labels), startsAt: Date.parse(startsAt) }
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

function contentOf(told: readonly Alert[], from: Webhook, severity: Severity): Content {
  const { commonAnnotations, groupLabels, truncatedAlerts = 0 } = from
  // The gravest speaks for the others.
  const first = (told.find((each) => severityOf(each) === severity) ?? told[0]) as Alert
  const text = (name: string): string =>
    cutText(plain(maskWritten((first.annotations[name] ?? commonAnnotations[name] ?? '').trim())), 500)
  // Of those that are not named only the group's labels are known.
  const all = truncatedAlerts > 0 ? [...told, { ...first, labels: groupLabels }] : told
  const runbook = first.annotations.runbook_url ?? commonAnnotations.runbook_url ?? ''
  return {
    alert: cutText(plain(first.labels.alertname ?? 'Alert'), 100),
    account: oneOf(all, 'account'),
    where: whereOf(all),
    count: told.length + truncatedAlerts,
    summary: text('summary'),
    action: text('action'),
    runbook: runbook !== '' && runbook.length <= 500 && URL.canParse(runbook) ? runbook : null,
  }
}

/** From the narrowest on: an account of a pool is the account. */
const places = ['account', 'pool', 'webhook', 'instance']

function whereOf(told: readonly Alert[]): string | null {
  const place = places.find((label) => told.some(({ labels }) => labels[label]))
  return place === undefined ? null : oneOf(told, place)
}

/** The label where all of them have the same. */
function oneOf(told: readonly Alert[], label: string): string | null {
  const values = new Set(told.map(({ labels }) => labels[label] ?? ''))
  return values.size === 1 ? cutText(plain(named([...values][0] ?? '')), 64) || null : null
}

/** An id and an address are what they are, however many digits are in them; anything else may be a phone number. */
function named(text: string): string {
  return isId(text) || /^[a-z][a-z0-9.-]*:\d{1,5}$/i.test(text) ? text : maskPhones(text)
}

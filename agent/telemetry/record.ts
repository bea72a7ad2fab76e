// Counters, histograms and the gauge of the store follow events: each event type has at most one line here, and nothing else touches them.

import type { AnyEvent, Bus, EventOf, EventType } from '../events.ts'
import { takenBack } from '../words.ts'
import type { Instruments } from './instruments.ts'

type Recorder = { [T in EventType]?: (event: EventOf<T>, to: Instruments) => void }

const account = (event: { account?: string }): { account: string } => ({ account: event.account ?? '' })

const recorder: Recorder = {
  'session.opened': (e, to) => {
    to.observe('connectSeconds', e.ms / 1000, { outcome: 'opened' })
    if (e.reconnect) to.counter('reconnects').inc({ ...account(e), outcome: 'opened' })
  },
  'session.connect-failed': (e, to) => {
    to.observe('connectSeconds', e.ms / 1000, { outcome: e.reason })
    if (e.reconnect) to.counter('reconnects').inc({ ...account(e), outcome: 'failed' })
  },
  'session.closed': (e, to) => to.counter('disconnects').inc({ ...account(e), reason: e.reason }),
  'session.suspected': (e, to) => to.counter('suspicions').inc({ ...account(e), suspicion: e.suspicion }),
  'session.probed': (e, to) => to.observe('probeSeconds', e.ms / 1000, { outcome: e.outcome }),
  'session.evidence-lost': (e, to) => to.counter('evidenceLost').inc({ ...account(e), reason: e.reason }),
  'session.trapped': (e, to) => to.counter('trapped').inc({ trap: e.trap }),
  'library.printed': (_, to) => to.counter('libraryPrinted').inc(),
  'whatsapp.certificate-untrusted': (_, to) => to.counter('certificateUntrusted').inc(),
  'pairing.code-issued': (e, to) => to.counter('codesIssued').inc(account(e)),
  'pairing.code-viewed': (e, to) => to.counter('codesViewed').inc(account(e)),
  'pairing.scanned': (e, to) => {
    to.counter('scans').inc(account(e))
    if (e.scanMs !== null) to.observe('scanSeconds', e.scanMs / 1000)
  },
  'pairing.regenerated': (e, to) => to.counter('regenerations').inc(account(e)),
  'pairing.code-fallback': (e, to) => to.counter('codeFallbacks').inc(account(e)),
  'pairing.given-up': (e, to) => to.counter('givenUp').inc(account(e)),
  'pairing.ended': (e, to) => {
    to.counter('pairingAttempts').inc({ ...account(e), method: e.method, outcome: e.outcome })
    if (e.outcome === 'expired') to.counter('expirations').inc(account(e))
  },
  'route.decided': (e, to) => {
    const { pool, strategy, reason } = e
    to.counter('routeDecisions').inc({ ...account(e), pool, strategy, reason })
    to.observe('routeSeconds', e.us / 1e6, { strategy })
  },
  'account.ejected': (e, to) =>
    to.counter('ejections').inc({ ...account(e), outcome: e.shadow ? 'shadow' : 'ejected' }),
  'canary.probed': (e, to) => {
    to.counter('canaryProbes').inc({ ...account(e), outcome: e.outcome })
    if (e.outcome === 'received') to.observe('canarySeconds', e.ms / 1000)
  },
  'message.accepted': (e, to) => to.counter('messagesAccepted').inc({ pool: e.pool }),
  // Whose message a person took back wants it so: that is no failure, and in no series of failures.
  'message.ended': (e, to) => {
    if (e.code === takenBack) to.counter('messagesCancelled').inc({ pool: e.pool })
    else to.counter('messagesEnded').inc({ pool: e.pool, state: e.state })
  },
  'message.unkept': (e, to) => to.counter('inboundUnkept').inc({ why: e.why }),
  'failover.held': (e, to) => to.counter('failoversHeld').inc({ pool: e.pool, trigger: e.trigger }),
  'failover.ended': (e, to) => {
    to.counter('failovers').inc({ pool: e.pool, trigger: e.trigger, outcome: e.outcome })
    if (e.kind === 'automatic') to.observe('failoverSeconds', e.detectMs / 1000, { phase: 'detect' })
    if (e.transferMs !== null) to.observe('failoverSeconds', e.transferMs / 1000, { phase: 'transfer' })
    to.observe('failoverSeconds', (e.detectMs + e.ms) / 1000, { phase: 'end' })
  },
  'report.made': (e, to) => to.observe('reportSeconds', e.ms / 1000, { type: e.report }),
  'report.sent': (e, to) => to.counter('reports').inc({ type: e.report, outcome: 'sent' }),
  'report.failed': (e, to) => to.counter('reports').inc({ type: e.report, outcome: 'failed' }),
  'message.sent': (e, to) => to.counter('messagesSent').inc(account(e)),
  'message.acked': (e, to) => {
    to.counter('messagesAcked').inc(account(e))
    to.observe('ackSeconds', e.ms / 1000, {}, e.trace?.traceId)
  },
  'message.failed': (e, to) => to.counter('messagesFailed').inc({ ...account(e), code: e.code }),
  'message.delivered': (e, to) => {
    if (e.ms !== null) to.observe('deliverySeconds', e.ms / 1000, {}, e.trace?.traceId)
  },
  'message.received': (e, to) => to.counter('messagesReceived').inc(account(e)),
  'message.handler-failed': (e, to) => to.counter('handlerFailed').inc(account(e)),
  'message.undecryptable': (e, to) => to.counter('undecryptable').inc(account(e)),
  'webhook.delivered': (e, to) => attempt(e, to, 'delivered'),
  'webhook.failed': (e, to) => attempt(e, to, 'retried'),
  'webhook.dead': (e, to) => attempt(e, to, 'dead', e.count),
  'webhook.dropped': (e, to) => to.counter('webhookDropped').inc({ webhook: e.webhook }, e.count),
  'webhook.missed': (e, to) => to.counter('webhookMissed').inc(e.count),
  'notification.sent': (e, to) => to.counter('notificationsSent').inc({ severity: e.severity }),
  'pager.polled': (e, to) => to.counter('pagerPolls').inc({ outcome: e.outcome }),
  'admin.answered': (e, to) =>
    to.observe('adminSeconds', e.ms / 1000, { method: e.method, route: e.route, status: String(e.status) }),
  'admin.refused': (e, to) => to.counter('adminRefused').inc({ why: e.why }),
  'admin.tls-loaded': (e, to) => to.gauge('adminCertificate').set({}, e.expiresAt / 1000),
  'security.noticed': (e, to) => to.counter('securityEvents').inc({ kind: e.kind, why: e.why ?? '' }),
  'audit.broken': (_, to) => to.gauge('auditBroken').set({}, 1),
  'audit.proved': (_, to) => to.gauge('auditBroken').set({}, 0),
  'audit.looked': (e, to) => to.gauge('auditLooked').set({}, e.at / 1000),
  'tokens.unreadable': (_, to) => to.gauge('tokensUnreadable').set({}, 1),
  'tokens.readable': (_, to) => to.gauge('tokensUnreadable').set({}, 0),
  'grafana.pushed': (e, to) => {
    to.counter('grafanaPushes').inc({ outcome: 'pushed' })
    to.observe('grafanaPushDelay', e.ms / 1000)
  },
  'grafana.push-failed': (_, to) => to.counter('grafanaPushes').inc({ outcome: 'failed' }),
  'grafana.dropped': (e, to) => {
    if (e.why === 'refused') to.counter('grafanaPushes').inc({ outcome: 'refused' })
    to.counter('grafanaDropped').inc({ why: e.why }, e.count)
  },
  'live.dropped': (e, to) => to.counter('liveDropped').inc({ why: e.why }),
  'live.written': (e, to) => {
    if (e.websocket > 0) to.counter('liveFrames').inc({ transport: 'websocket' }, e.websocket)
    if (e.sse > 0) to.counter('liveFrames').inc({ transport: 'sse' }, e.sse)
    to.observe('liveDelay', e.ms / 1000)
  },
  'store.queried': (e, to) =>
    to.observe('storeSeconds', e.ms / 1000, { driver: e.driver, operation: e.operation }),
  'history.written': (e, to) =>
    to.counter('historyPoints').inc({ driver: e.driver, outcome: e.outcome }, e.count),
  'history.dropped': (e, to) =>
    to.counter('historyPoints').inc({ driver: e.driver, outcome: 'dropped' }, e.count),
  'history.unreachable': (e, to) => to.gauge('historyUp').set({ driver: e.driver }, 0),
  'history.reachable': (e, to) => to.gauge('historyUp').set({ driver: e.driver }, 1),
  'store.write-fenced': (e, to) => to.counter('writesFenced').inc(account(e)),
  'store.failed': (e, to) => to.counter('storeErrors').inc({ driver: e.driver, operation: e.operation }),
  'store.unreachable': (e, to) => to.gauge('storeUp').set({ driver: e.driver }, 0),
  'store.reachable': (e, to) => to.gauge('storeUp').set({ driver: e.driver }, 1),
}

/** What was not tried to the end took no time. */
function attempt(
  { webhook, ms }: { webhook: string; ms: number | null },
  to: Instruments,
  outcome: 'delivered' | 'retried' | 'dead',
  count = 1,
): void {
  to.counter('webhookDeliveries').inc({ outcome }, count)
  if (ms !== null) to.observe('webhookSeconds', ms / 1000, { webhook })
}

/** Counts every event of the bus into the instruments; answers the function that stops it. */
export function recordEvents(bus: Bus, to: Instruments): () => void {
  return bus.onAny((event: AnyEvent) => {
    to.counter('events').inc({ type: event.type })
    const record = recorder[event.type] as ((event: AnyEvent, to: Instruments) => void) | undefined
    record?.(event, to)
  })
}

/** Gives an account's counters their zero, so that the first failure is an increase and not a new series. */
export function startAtZero(to: Instruments, accountId: string): void {
  const labels = { account: accountId }
  for (const key of ['codesIssued', 'codesViewed', 'scans', 'expirations', 'regenerations'] as const)
    to.counter(key).inc(labels, 0)
  for (const key of ['codeFallbacks', 'givenUp', 'handlerFailed', 'writesFenced'] as const)
    to.counter(key).inc(labels, 0)
  for (const key of ['messagesSent', 'messagesAcked', 'messagesReceived', 'undecryptable'] as const)
    to.counter(key).inc(labels, 0)
}

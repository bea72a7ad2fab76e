// The admin listener's application: everything that shows anything needs a token, every answer is measured, every refusal is a problem.

import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { secureHeaders } from 'hono/secure-headers'
import type { Reporter } from '../analytics/reporter.ts'
import type { ReportDesk } from '../analytics/reports/desk.ts'
import type { Bus } from '../events.ts'
import type { Fleet } from '../fleet/fleet.ts'
import type { Routing } from '../fleet/routing.ts'
import type { HealthMonitor } from '../health/monitor.ts'
import type { History } from '../history/port.ts'
import type { ScanTimeAnalyzer } from '../pairing/learning/analyzer.ts'
import type { Sql } from '../store/sql.ts'
import type { Webhooks } from '../webhooks/webhooks.ts'
import { analyticsRoutes, trendRoute } from './analytics.ts'
import { auditRoutes } from './audit.ts'
import { type AdminEnv, clientOf, makeGuard } from './auth.ts'
import { backupRoutes } from './backup.ts'
import { connectionRoutes } from './connections.ts'
import { diagnosisRoutes } from './diagnoses.ts'
import { eventRoutes } from './events.ts'
import { type FailoverParts, failoverRoutes } from './failovers.ts'
import { healthRoutes, healthScores } from './health.ts'
import { linkingRoutes } from './linking/routes.ts'
import type { LiveHub } from './live/hub.ts'
import { eventStream, socketStream } from './live/routes.ts'
import { SOCKET_PATH } from './live/upgrade.ts'
import { type MessageParts, messageRoutes } from './messages.ts'
import { answerProblem, Problem } from './problem.ts'
import { qrRoutes } from './qr.ts'
import { qrMetricsRoutes } from './qr-metrics.ts'
import { reportRoutes } from './reports.ts'
import { methodOf, routeOf } from './route.ts'
import { modeRoutes, routingRoutes } from './routing.ts'
import type { TokenBook } from './tokens.ts'
import { webhookRoutes } from './webhooks.ts'

/** The longest text that WhatsApp shows, every character of it escaped in JSON. */
const BODY_LIMIT = 512 * 1024

export interface AdminParts {
  fleet: Fleet
  analyzer: ScanTimeAnalyzer
  monitor: HealthMonitor
  routing: Routing
  /** For each probe of a check by hand, in milliseconds. */
  probeDeadlineMs: number
  /** The score below which an account is unhealthy. */
  unhealthyBelow: number
  messages: MessageParts
  webhooks: Webhooks
  failovers: FailoverParts
  reporter: Pick<Reporter, 'report'>
  reports: ReportDesk
  live: LiveHub
  sql: Sql
  history: History
  bus: Bus
  tokens: TokenBook
  /** Regenerations allowed in a row. */
  regenerations: number
  /** Told of errors that are our own. */
  onError(error: unknown): void
}

export function adminApp(parts: AdminParts): Hono<AdminEnv> {
  const { fleet, analyzer, monitor, sql, history, bus, tokens, regenerations, onError } = parts
  const app = new Hono<AdminEnv>()
  app.use(async (c, next) => {
    const startedAt = performance.now()
    await next()
    const ms = performance.now() - startedAt
    const { status } = c.res
    bus.emit('admin.answered', { method: methodOf(c), route: routeOf(c), status, ms, client: clientOf(c) })
  })
  app.use(secureHeaders())
  const guard = makeGuard(tokens, bus)
  const linking = linkingRoutes({ fleet, bus, guard, regenerations })
  app.use('/api/*', guard())
  app.use('/ws/*', guard())
  app.use(
    bodyLimit({
      maxSize: BODY_LIMIT,
      onError: () => {
        throw new Problem(413, 'body-too-large', `the body may have ${BODY_LIMIT} bytes`)
      },
    }),
  )
  app.route('/api/dashboard/connections', connectionRoutes(fleet, monitor))
  app.route('/api/dashboard', qrRoutes(fleet, bus))
  app.route('/api/dashboard', linking.api)
  const live = {
    hub: parts.live,
    known: {
      account: (key: string) => fleet.find(key)?.account.id,
      pools: () => parts.messages.directory.pools(),
    },
  }
  app.route('/api/dashboard/stream', eventStream(live))
  app.route(SOCKET_PATH, socketStream(live))
  app.get('/api/dashboard/health-score', (c) => c.json(healthScores(fleet, monitor)))
  const analytics = { fleet, history, threshold: parts.unhealthyBelow }
  app.get('/api/health/trends/:phoneNumber', trendRoute(analytics))
  app.route('/api/analytics', analyticsRoutes(analytics))
  app.route('/api/health', healthRoutes(parts))
  app.route('/api/diagnoses', diagnosisRoutes(fleet, monitor))
  app.route('/api/dashboard/qr-metrics', qrMetricsRoutes(fleet, analyzer))
  app.route('/api/messages', messageRoutes(parts.messages))
  app.route('/api/events', eventRoutes(fleet, history))
  app.route('/api/webhooks', webhookRoutes(parts.webhooks, bus))
  app.get('/api/fleet/report', (c) => c.json(parts.reporter.report()))
  app.route('/api/reports', reportRoutes(parts.reports, sql, bus))
  app.route('/api/failovers', failoverRoutes(parts.failovers))
  app.route('/api/routing', routingRoutes(parts.routing, bus))
  app.route('/api/accounts', modeRoutes(parts.routing, bus))
  app.route('/api/audit', auditRoutes(sql, bus))
  app.route('/link', linking.page)
  app.route('/api/store/backup', backupRoutes(sql, bus))
  app.notFound((c) => answerProblem(c, new Problem(404, 'not-found', 'there is nothing at this path')))
  app.onError((error, c) => {
    if (!(error instanceof Problem)) onError(error)
    return answerProblem(c, error)
  })
  return app
}

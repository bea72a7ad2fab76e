// The admin listener's application: everything that shows anything needs a token, every answer is measured, every refusal is a problem.

import { Hono } from 'hono'
import { secureHeaders } from 'hono/secure-headers'
import type { Reporter } from '../analytics/reporter.ts'
import type { ReportDesk } from '../analytics/reports/desk.ts'
import type { Bus } from '../events.ts'
import type { Fleet } from '../fleet/fleet.ts'
import type { Routing } from '../fleet/routing.ts'
import type { HealthMonitor } from '../health/monitor.ts'
import type { History } from '../history/port.ts'
import type { PagerClient } from '../notifications/client.ts'
import type { ScanTimeAnalyzer } from '../pairing/learning/analyzer.ts'
import type { Sql } from '../store/sql.ts'
import type { Webhooks } from '../webhooks/webhooks.ts'
import type { Access } from './access/access.ts'
import { allowOrigins } from './access/origins.ts'
import { analyticsRoutes } from './analytics.ts'
import { auditRoutes } from './audit.ts'
import { type AdminEnv, clientOf, makeGuard } from './auth.ts'
import { backupRoutes } from './backup.ts'
import { boundedBody } from './bounded-body.ts'
import { connectionRoutes } from './connections.ts'
import { diagnosisRoutes } from './diagnoses.ts'
import { eventRoutes } from './events.ts'
import { type FailoverParts, failoverRoutes } from './failovers.ts'
import { healthRoutes } from './health.ts'
import { linkingRoutes } from './linking/routes.ts'
import type { LiveHub } from './live/hub.ts'
import { liveRoutes } from './live/routes.ts'
import { type MessageParts, messageRoutes } from './messages.ts'
import { Names } from './names.ts'
import { notificationRoutes } from './notifications.ts'
import { answerProblem, Problem } from './problem.ts'
import { qrRoutes } from './qr.ts'
import { qrMetricsRoutes } from './qr-metrics.ts'
import { referenceRoutes } from './reference/routes.ts'
import { reportRoutes } from './reports.ts'
import { requestIdOf } from './request-id.ts'
import { methodOf, routeOf } from './route.ts'
import { routingRoutes } from './routing.ts'
import type { TokenBook } from './tokens.ts'
import { webhookRoutes } from './webhooks.ts'

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
  /** Null where none is configured. */
  pager?: Pick<PagerClient, 'list'> | null
  sql: Sql
  history: History
  bus: Bus
  tokens: TokenBook
  /** What the configuration adds to the tokens of the file. */
  access?: Access
  /** Regenerations allowed in a row. */
  regenerations: number
  /** Told of errors that are our own, with the id of the request. */
  onError(error: unknown, requestId: string): void
}

export function adminApp(parts: AdminParts): Hono<AdminEnv> {
  const { fleet, analyzer, monitor, sql, history, bus, tokens, regenerations, onError } = parts
  const app = new Hono<AdminEnv>()
  app.use(async (c, next) => {
    const startedAt = performance.now()
    const requestId = requestIdOf(c)
    c.set('requestId', requestId)
    await next()
    // Not by c.header, which would wrap the answer anew.
    c.res.headers.set('x-request-id', requestId)
    const ms = performance.now() - startedAt
    const { status } = c.res
    const answered = { method: methodOf(c), route: routeOf(c), status, ms, client: clientOf(c), requestId }
    bus.emit('admin.answered', answered)
  })
  app.use(secureHeaders())
  const origins = parts.access?.origins ?? []
  app.use(allowOrigins(origins))
  const guard = makeGuard(tokens, bus, parts.access)
  const linking = linkingRoutes({ fleet, bus, guard, regenerations })
  app.use('/api/*', guard())
  app.use('/ws/*', guard())
  app.use(boundedBody())
  let stopping = false
  bus.on('agent.stopping', () => {
    stopping = true
  })
  // What is changed now would be half done, or done by nobody before the next start.
  app.use((c, next) => {
    if (!stopping || ['GET', 'HEAD'].includes(c.req.method)) return next()
    throw new Problem(503, 'stopping', 'the agent stops; nothing was changed', { 'retry-after': '5' })
  })
  const { directory } = parts.messages
  const account = (key: string) => fleet.find(key)?.account
  const poolOf = (id: string) => account(id)?.pool ?? directory.find(id)?.pool
  const names = new Names(directory, sql)
  const rooms = [
    connectionRoutes(fleet, monitor, bus),
    qrRoutes(fleet, bus),
    qrMetricsRoutes(fleet, analyzer, bus),
    linking.api,
    liveRoutes({ hub: parts.live, origins, account, pools: () => directory.pools(), bus }),
    analyticsRoutes({ fleet, history, bus, threshold: parts.unhealthyBelow }),
    healthRoutes(parts),
    diagnosisRoutes(fleet, monitor, bus),
    messageRoutes(parts.messages, names),
    eventRoutes({ names, history, bus, poolOf }),
    webhookRoutes(parts.webhooks, bus),
    notificationRoutes({
      pager: parts.pager ?? null,
      bus,
      find: (key) => account(key) ?? directory.find(key),
    }),
    reportRoutes({ reporter: parts.reporter, desk: parts.reports, sql, bus }),
    failoverRoutes(parts.failovers, names),
    routingRoutes(parts.routing, bus),
    auditRoutes(sql, bus, names),
    backupRoutes(sql, bus),
    linking.page,
    referenceRoutes(bus),
  ]
  for (const room of rooms) app.route('/', room)
  app.notFound((c) => answerProblem(c, new Problem(404, 'not-found', 'there is nothing at this path')))
  app.onError((error, c) => {
    if (!(error instanceof Problem)) onError(error, c.get('requestId'))
    return answerProblem(c, error)
  })
  return app
}

// Health over the API: scores with what they rest on, checks by hand, and the state of the whole; all but the check come from memory.

import { Hono } from 'hono'
import { mean } from 'simple-statistics'
import { z } from 'zod'
import type { Bus } from '../events.ts'
import type { Fleet, Member } from '../fleet/fleet.ts'
import { checkAll } from '../health/check.ts'
import type { Factor } from '../health/factors.ts'
import type { HealthMonitor } from '../health/monitor.ts'
import type { HealthReport } from '../health/tell.ts'
import { type AdminEnv, atLeast } from './auth.ts'
import { findMember } from './find.ts'
import { Problem } from './problem.ts'

const checkSchema = z.strictObject({ phoneNumber: z.string().min(1).max(64).optional() })

export interface HealthRouteParts {
  fleet: Fleet
  monitor: HealthMonitor
  bus: Bus
  /** For each probe of a check by hand, in milliseconds. */
  probeDeadlineMs: number
}

export function healthRoutes({ fleet, monitor, bus, probeDeadlineMs }: HealthRouteParts): Hono<AdminEnv> {
  const app = new Hono<AdminEnv>()
  app.get('/status', (c) => c.json(systemStatus(monitor)))
  app.get('/metrics', (c) =>
    c.json({ accounts: fleet.members().map((member) => metricsOf(member, monitor)) }),
  )
  app.post('/check', atLeast('operator', bus), async (c) => {
    // Nothing is everything; what was garbled on its way must not be.
    const text = await c.req.text()
    const body = checkSchema.safeParse(text === '' ? {} : parse(text))
    if (!body.success)
      throw new Problem(
        400,
        'bad-body',
        'allowed: {} for every account, or {"phoneNumber": ID_OR_PHONE} for one',
      )
    const { phoneNumber } = body.data
    const members = phoneNumber === undefined ? fleet.members() : [findMember(fleet, phoneNumber)]
    const startedAt = performance.now()
    const checked = await checkAll(
      members.map(({ session }) => session),
      probeDeadlineMs,
      bus,
    )
    return c.json({
      checked: checked.length,
      alive: checked.filter(({ alive }) => alive).length,
      ms: Math.round(performance.now() - startedAt),
      accounts: checked.map((each, i) => ({ phoneNumber: members[i]?.account.phone, ...each })),
    })
  })
  app.get('/:phoneNumber', (c) => c.json(healthOf(findMember(fleet, c.req.param('phoneNumber')), monitor)))
  return app
}

/** The fleet's score and every account's, for the dashboard. */
export function healthScores(fleet: Fleet, monitor: HealthMonitor) {
  const { score, confidence, status } = monitor.fleet()
  return {
    overallScore: score,
    confidence,
    status: status.toUpperCase(),
    accounts: fleet.members().map(({ account }) => ({
      phoneNumber: account.phone,
      account: account.id,
      ...scoreParts(monitor.report(account.id)),
    })),
  }
}

function scoreParts(report: HealthReport | null) {
  return {
    healthScore: report?.score ?? null,
    confidence: report?.confidence ?? 0,
    status: (report?.status ?? 'unknown').toUpperCase(),
    caps: report?.caps ?? [],
    factors: Object.fromEntries((report?.factors ?? []).map(({ name, ...factor }) => [name, plain(factor)])),
  }
}

/** JSON has no infinity. */
function plain({ value, score }: Omit<Factor, 'name'>) {
  return { value: Number.isFinite(value) ? value : null, score }
}

function healthOf(member: Member, monitor: HealthMonitor) {
  const { account } = member
  const report = monitor.report(account.id)
  const value = (name: string): number | null =>
    report?.factors.find((factor) => factor.name === name)?.value ?? null
  const { failuresInARow, recoveryAttempts } = monitor.troubles(account.id)
  return {
    phoneNumber: account.phone,
    account: account.id,
    ...scoreParts(report),
    uptimePercent: value('uptime'),
    responseTime: value('responseTime'),
    consecutiveFailures: failuresInARow,
    recoveryAttempts,
    lastCheck: report ? new Date(report.at).toISOString() : null,
    issues: report?.findings.map(({ issue }) => issue) ?? [],
  }
}

function metricsOf(member: Member, monitor: HealthMonitor) {
  const { consecutiveFailures, recoveryAttempts, issues, ...rest } = healthOf(member, monitor)
  return rest
}

function systemStatus(monitor: HealthMonitor) {
  const reports = monitor.reports()
  const values = (name: string): number[] =>
    reports.flatMap(({ factors }) => factors.find((factor) => factor.name === name)?.value ?? [])
  const average = (numbers: number[]): number | null => (numbers.length === 0 ? null : mean(numbers))
  const byStatus = { HEALTHY: 0, WARNING: 0, UNHEALTHY: 0, UNKNOWN: 0 }
  for (const { status } of reports) byStatus[status.toUpperCase() as keyof typeof byStatus] += 1
  const { score, confidence, status } = monitor.fleet()
  return {
    overallScore: score,
    confidence,
    status: status.toUpperCase(),
    totals: byStatus,
    averageUptimePercent: average(values('uptime')),
    averageResponseTime: average(values('responseTime')),
    totalChecks: monitor.looks,
    totalRecoveryAttempts: reports.reduce(
      (sum, { account }) => sum + monitor.troubles(account).recoveryAttempts,
      0,
    ),
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

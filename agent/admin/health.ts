// Health over the API: scores with what they rest on, checks by hand, and the state of the whole; all but the check come from memory.

import { Hono } from 'hono'
import { mean } from 'simple-statistics'
import type { z } from 'zod'
import type { Bus } from '../events.ts'
import type { Fleet, Member } from '../fleet/fleet.ts'
import { checkAll } from '../health/check.ts'
import type { Factor } from '../health/factors.ts'
import type { HealthMonitor } from '../health/monitor.ts'
import type { HealthReport } from '../health/tell.ts'
import type { AdminEnv } from './auth.ts'
import { serving } from './contract/serve.ts'
import * as endpoints from './endpoints/health.ts'
import type { Plain } from './filter/evaluate.ts'
import { nextLink } from './list/link.ts'
import { only, pageOf } from './list/rows.ts'
import { memberFor, membersFor, poolsOf } from './scope.ts'
import { healthWord } from './wording.ts'

export interface HealthRouteParts {
  fleet: Fleet
  monitor: HealthMonitor
  bus: Bus
  /** For each probe of a check by hand, in milliseconds. */
  probeDeadlineMs: number
}

export function healthRoutes({ fleet, monitor, bus, probeDeadlineMs }: HealthRouteParts): Hono<AdminEnv> {
  const app = new Hono<AdminEnv>()
  const serve = serving(app, bus)
  /** The whole of what the caller sees. */
  const whole = (members: readonly Member[], all: boolean) => {
    const { score, confidence, status } = all
      ? monitor.fleet()
      : monitor.fleet(members.flatMap(({ account }) => monitor.report(account.id) ?? []))
    return { overallScore: score, confidence, status: healthWord(status) }
  }
  serve(endpoints.getHealthScores, ({ c, query, reply }) => {
    const members = membersFor(c, fleet)
    const page = pageOf(
      members.map((member) => rowOf(member, monitor)),
      query,
      endpoints.scoreList,
      looks,
    )
    const accounts = page.rows.map(
      ({ shown: { uptimePercent: _, responseTime: __, lastCheck: ___, ...row } }) => only(row, query.fields),
    )
    const { nextCursor } = page
    const overall = whole(members, poolsOf(c) === null)
    return reply(200, { ...overall, accounts, nextCursor }, nextLink(c, nextCursor))
  })
  serve(endpoints.getHealthStatus, ({ c, reply }) => {
    const members = membersFor(c, fleet)
    const all = poolsOf(c) === null
    return reply(200, { ...whole(members, all), ...systemStatus(monitor, members, all) })
  })
  serve(endpoints.listHealthMetrics, ({ c, query, reply }) => {
    const rows = membersFor(c, fleet).map((member) => rowOf(member, monitor))
    const { rows: found, nextCursor } = pageOf(rows, query, endpoints.metricsList, looks)
    const accounts = found.map(({ shown }) => only(shown, query.fields))
    return reply(200, { accounts, nextCursor }, nextLink(c, nextCursor))
  })
  serve(endpoints.checkHealth, async ({ c, body: { phoneNumber }, reply }) => {
    const members = phoneNumber === undefined ? membersFor(c, fleet) : [memberFor(c, fleet, phoneNumber)]
    const startedAt = performance.now()
    const sessions = members.map(({ session }) => session)
    const checked = await checkAll(sessions, probeDeadlineMs, bus)
    return reply(200, {
      checked: checked.length,
      alive: checked.filter(({ alive }) => alive).length,
      ms: Math.round(performance.now() - startedAt),
      accounts: checked.map((each, i) => ({ phoneNumber: members[i]?.account.phone ?? '', ...each })),
    })
  })
  serve(endpoints.getHealth, ({ c, params, reply }) =>
    reply(200, healthOf(memberFor(c, fleet, params.phoneNumber), monitor)),
  )
  return app
}

interface Row {
  pool: string
  shown: z.output<typeof endpoints.measured>
}

const looks = {
  key: ({ shown }: Row) => shown.account,
  get: (row: Row, field: string): Plain => (field === 'pool' ? row.pool : row.shown[field as 'account']),
}

function rowOf(member: Member, monitor: HealthMonitor): Row {
  const { consecutiveFailures: _, recoveryAttempts: __, issues: ___, ...shown } = healthOf(member, monitor)
  return { pool: member.account.pool, shown }
}

function scoreParts(report: HealthReport | null) {
  return {
    healthScore: report?.score ?? null,
    confidence: report?.confidence ?? 0,
    status: healthWord(report?.status ?? 'unknown'),
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

function systemStatus(monitor: HealthMonitor, members: readonly Member[], all: boolean) {
  const reports = members.flatMap(({ account }) => monitor.report(account.id) ?? [])
  const values = (name: string): number[] =>
    reports.flatMap(({ factors }) => factors.find((factor) => factor.name === name)?.value ?? [])
  const average = (numbers: number[]): number | null => (numbers.length === 0 ? null : mean(numbers))
  const totals = { HEALTHY: 0, WARNING: 0, UNHEALTHY: 0, UNKNOWN: 0 }
  for (const { status } of reports) totals[healthWord(status)] += 1
  return {
    totals,
    averageUptimePercent: average(values('uptime')),
    averageResponseTime: average(values('responseTime')),
    totalChecks: all ? monitor.looks : null,
    totalRecoveryAttempts: reports.reduce(
      (sum, { account }) => sum + monitor.troubles(account).recoveryAttempts,
      0,
    ),
  }
}

// What is said of an account's health: scores that moved, statuses that changed, diagnoses that came and went; nothing twice.

import type { Bus } from '../events.ts'
import type { Finding } from './diagnosis.ts'
import type { Score } from './score.ts'
import type { HealthStatus } from './status.ts'

export interface HealthReport extends Score {
  account: string
  status: HealthStatus
  /** Milliseconds since the epoch. */
  at: number
  findings: Finding[]
}

/** When a score was last told, and which. */
export interface Told {
  toldAt: number
  toldScore: number | null
}

/** A score is told again when it moved by so many points, or when it was last told so long ago (milliseconds). */
const POINTS = 1
const EVERY_MS = 30 * 60_000

export function tell(bus: Bus, told: Told, before: HealthReport | null, report: HealthReport): void {
  if (isNews(told, before, report)) {
    told.toldAt = report.at
    told.toldScore = report.score
    bus.emit('health.scored', sampleOf(report), { account: report.account })
  }
  const { account, status, score } = report
  if (before && before.status !== status)
    bus.emit(
      'health.status-changed',
      { from: before.status, to: status, score, caps: capsOf(report) },
      { account },
    )
  tellFindings(bus, account, before?.findings ?? [], report.findings)
}

function isNews({ toldAt, toldScore }: Told, before: HealthReport | null, report: HealthReport): boolean {
  if (before?.status !== report.status || capsOf(before).join() !== capsOf(report).join()) return true
  const moved = Math.abs((report.score ?? -POINTS) - (toldScore ?? -POINTS))
  return moved >= POINTS || report.at - toldAt >= EVERY_MS
}

function sampleOf({ score, confidence, status, factors, findings, ...report }: HealthReport) {
  return {
    score,
    confidence,
    status,
    caps: capsOf(report),
    // JSON has no infinity.
    factors: Object.fromEntries(
      factors.map(({ name, value }) => [name, Number.isFinite(value) ? value : null]),
    ),
    issues: findings.map(({ issue }) => issue),
  }
}

function tellFindings(bus: Bus, account: string, before: readonly Finding[], now: readonly Finding[]): void {
  const gone = new Map(before.map(({ issue, since }) => [issue, since]))
  for (const { issue, severity, since, analysis, numbers } of now)
    if (!gone.delete(issue))
      bus.emit('diagnosis.found', { issue, severity, since, pattern: analysis.pattern, numbers }, { account })
  for (const [issue, since] of gone)
    bus.emit('diagnosis.cleared', { issue, forMs: Math.max(0, Date.now() - since) }, { account })
}

function capsOf({ caps }: Pick<Score, 'caps'>): string[] {
  return caps.map(({ name }) => name)
}

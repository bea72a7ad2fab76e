// Diagnoses over the API: what is wrong in the fleet, issue by issue, and a quick word about one account.

import { Hono } from 'hono'
import type { Fleet } from '../fleet/fleet.ts'
import { type Finding, severities } from '../health/diagnosis.ts'
import type { HealthMonitor } from '../health/monitor.ts'
import type { AdminEnv } from './auth.ts'
import { findMember } from './find.ts'

export function diagnosisRoutes(fleet: Fleet, monitor: HealthMonitor): Hono<AdminEnv> {
  const app = new Hono<AdminEnv>()
  app.get('/', (c) => c.json({ diagnoses: byIssue(fleet, monitor) }))
  app.get('/:phoneNumber', (c) => {
    const { account } = findMember(fleet, c.req.param('phoneNumber'))
    const findings = monitor.report(account.id)?.findings ?? []
    return c.json({
      accountStatus: {
        phoneNumber: account.phone,
        account: account.id,
        diagnostic: findings[0]?.issue ?? 'OPTIMAL',
        issues: findings.map((finding) => ({ ...finding, since: new Date(finding.since).toISOString() })),
        suggestions: findings.flatMap(({ recommendations }) =>
          recommendations.map(({ action, expectedImprovement }) => `${action}: ${expectedImprovement}`),
        ),
      },
    })
  })
  return app
}

/** One entry for each issue and root cause; the gravest first. */
function byIssue(fleet: Fleet, monitor: HealthMonitor) {
  const groups = new Map<string, { finding: Finding; accounts: string[]; since: number }>()
  for (const { account } of fleet.members())
    for (const finding of monitor.report(account.id)?.findings ?? []) {
      const key = `${finding.issue}/${finding.analysis.rootCause}`
      const group = groups.get(key) ?? { finding, accounts: [], since: finding.since }
      group.accounts.push(account.id)
      group.since = Math.min(group.since, finding.since)
      if (rank(finding) > rank(group.finding)) group.finding = finding
      groups.set(key, group)
    }
  return [...groups.values()]
    .sort((a, b) => rank(b.finding) - rank(a.finding) || b.accounts.length - a.accounts.length)
    .map(({ finding: { issue, severity, analysis, numbers, recommendations }, accounts, since }) => ({
      issue,
      severity,
      affectedAccounts: accounts,
      detectedAt: new Date(since).toISOString(),
      analysis,
      numbers,
      recommendations,
    }))
}

function rank({ severity }: Finding): number {
  return severities.indexOf(severity)
}

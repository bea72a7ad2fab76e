// Diagnoses over the API: what is wrong in the fleet, issue by issue, and a quick word about one account.

import { Hono } from 'hono'
import type { z } from 'zod'
import type { Bus } from '../events.ts'
import type { Fleet, Member } from '../fleet/fleet.ts'
import { type Finding, severities } from '../health/diagnosis.ts'
import type { HealthMonitor } from '../health/monitor.ts'
import type { AdminEnv } from './auth.ts'
import { serving } from './contract/serve.ts'
import * as endpoints from './endpoints/diagnoses.ts'
import type { Plain } from './filter/evaluate.ts'
import { nextLink } from './list/link.ts'
import { only, pageOf } from './list/rows.ts'
import { memberFor, membersFor } from './scope.ts'

export function diagnosisRoutes(fleet: Fleet, monitor: HealthMonitor, bus: Bus): Hono<AdminEnv> {
  const app = new Hono<AdminEnv>()
  const serve = serving(app, bus)
  serve(endpoints.listDiagnoses, ({ c, query, reply }) => {
    const poolOf = (account: string): string => fleet.find(account)?.account.pool ?? ''
    const looks = {
      key: ({ issue, analysis }: Diagnosis) => `${issue}/${analysis.rootCause}`,
      get: (row: Diagnosis, field: string): Plain => lookAt(row, field, poolOf),
    }
    const found = byIssue(membersFor(c, fleet), monitor)
    const { rows, nextCursor } = pageOf(found, query, endpoints.diagnosisList, looks)
    const diagnoses = rows.map((row) => only(row, query.fields))
    return reply(200, { diagnoses, nextCursor }, nextLink(c, nextCursor))
  })
  serve(endpoints.getDiagnosis, ({ c, params, reply }) => {
    const { account } = memberFor(c, fleet, params.phoneNumber)
    const findings = monitor.report(account.id)?.findings ?? []
    return reply(200, {
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

type Diagnosis = z.output<typeof endpoints.diagnosis>

/** One entry for each issue and root cause; the gravest first. */
function byIssue(members: readonly Member[], monitor: HealthMonitor): Diagnosis[] {
  const groups = new Map<string, { finding: Finding; accounts: string[]; since: number }>()
  for (const { account } of members)
    for (const finding of monitor.report(account.id)?.findings ?? []) {
      const key = `${finding.issue}/${finding.analysis.rootCause}`
      const group = groups.get(key) ?? { finding, accounts: [], since: finding.since }
      group.accounts.push(account.id)
      group.since = Math.min(group.since, finding.since)
      if (rank(finding) > rank(group.finding)) group.finding = finding
      groups.set(key, group)
    }
  return [...groups.values()].map(
    ({ finding: { issue, severity, analysis, numbers, recommendations }, accounts, since }) => ({
      issue,
      severity,
      affectedAccounts: accounts,
      detectedAt: new Date(since).toISOString(),
      analysis,
      numbers,
      recommendations,
    }),
  )
}

function lookAt(row: Diagnosis, field: string, poolOf: (account: string) => string): Plain {
  if (field === 'account') return row.affectedAccounts
  if (field === 'pool') return row.affectedAccounts.map(poolOf)
  if (field === 'rootCause') return row.analysis.rootCause
  if (field === 'gravity') return severities.indexOf(row.severity) * 1e6 + row.affectedAccounts.length
  return row[field as 'issue']
}

function rank({ severity }: Finding): number {
  return severities.indexOf(severity)
}

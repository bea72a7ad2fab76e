// The state of the fleet in one answer: who sends, how it is, who has which share, what is wrong, and which way it goes. No clock, no I/O.

import { mean } from 'simple-statistics'
import { iso } from '../iso.ts'
import type { AccountMode, SessionState } from '../words.ts'

/** One account as it is now. */
export interface Master {
  account: string
  pool: string
  role: string
  region: string
  mode: AccountMode
  state: SessionState
  up: boolean
  healthScore: number | null
  healthStatus: string
  /** Share of the last 24 hours in which it was up, 0 to 100; null without observations. */
  uptimePercent: number | null
  /** Share of its operations of the last 24 hours that failed, 0 to 100; null without observations. */
  failurePercent: number | null
  /** Share of the new conversations of its pool, 0 to 1. */
  share: number
  /** Messages queued for it or on their way. */
  active: number
  /** Diagnoses that hold. */
  issues: { issue: string; severity: string }[]
}

export interface ReportFacts {
  at: number
  masters: readonly Master[]
  /** Milliseconds that sessions took to come back, lately. */
  recoveries: readonly number[]
  parked: number
  failovers: readonly { account: string; outcome: string; at: number }[]
}

/** What is remembered of a report, for the trend. */
export interface Point {
  at: number
  up: number
  score: number | null
  failurePercent: number | null
}

export interface FleetReport {
  at: string
  masters: Master[]
  totals: { accounts: number; up: number; byState: Record<string, number>; byStatus: Record<string, number> }
  uptimePercent: number | null
  failurePercent: number | null
  /** Milliseconds. */
  meanTimeToRecovery: number | null
  distribution: Record<string, Record<string, number>>
  openProblems: { account: string | null; problem: string; severity: string }[]
  failovers: { account: string; outcome: string; at: string }[]
  /** Against an hour ago, or the oldest report there is; null without one. */
  trends: { since: string; up: number; score: number | null; failurePercent: number | null } | null
}

/** @param past oldest first */
export function fleetReport(facts: ReportFacts, past: readonly Point[]): FleetReport {
  const { at, masters, recoveries, failovers } = facts
  const now = pointOf(facts)
  const then = past[0]
  return {
    at: iso(at),
    masters: [...masters],
    totals: {
      accounts: masters.length,
      up: now.up,
      byState: countBy(masters, ({ state }) => state),
      byStatus: countBy(masters, ({ healthStatus }) => healthStatus),
    },
    uptimePercent: meanOf(masters.map(({ uptimePercent }) => uptimePercent)),
    failurePercent: now.failurePercent,
    meanTimeToRecovery: recoveries.length === 0 ? null : mean([...recoveries]),
    distribution: distributionOf(masters),
    openProblems: problemsOf(facts),
    failovers: failovers.map((f) => ({ ...f, at: iso(f.at) })),
    trends: then
      ? {
          since: iso(then.at),
          up: now.up - then.up,
          score: difference(now.score, then.score),
          failurePercent: difference(now.failurePercent, then.failurePercent),
        }
      : null,
  }
}

export function pointOf({ at, masters }: ReportFacts): Point {
  return {
    at,
    up: masters.filter(({ up }) => up).length,
    score: meanOf(masters.map(({ healthScore }) => healthScore)),
    failurePercent: meanOf(masters.map(({ failurePercent }) => failurePercent)),
  }
}

function problemsOf({ masters, parked }: ReportFacts): FleetReport['openProblems'] {
  const problems: FleetReport['openProblems'] = []
  for (const { account, mode, state, up, issues } of masters) {
    for (const { issue, severity } of issues) problems.push({ account, problem: issue, severity })
    if (mode !== 'up') problems.push({ account, problem: `its mode is ${mode}`, severity: 'LOW' })
    if (!up && issues.length === 0)
      problems.push({ account, problem: `its session is ${state}`, severity: 'MEDIUM' })
  }
  if (parked > 0)
    problems.push({
      account: null,
      problem: `${parked} messages are parked: no account may take them`,
      severity: 'HIGH',
    })
  return problems
}

function distributionOf(masters: readonly Master[]): Record<string, Record<string, number>> {
  const shares: Record<string, Record<string, number>> = {}
  for (const { pool, account, share } of masters) {
    shares[pool] ??= {}
    shares[pool][account] = share
  }
  return shares
}

function countBy(masters: readonly Master[], of: (master: Master) => string): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const master of masters) counts[of(master)] = (counts[of(master)] ?? 0) + 1
  return counts
}

function meanOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : mean(known)
}

function difference(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a - b
}

// The fleet's figures from those of its accounts; what is not known of one account is left out, and never taken for zero.

import { mean } from 'simple-statistics'
import type { AccountPart } from './account.ts'
import type { FleetTotals } from './data.ts'

type Of = (part: AccountPart) => number | null

export function totalsOf(parts: readonly AccountPart[]): FleetTotals {
  const known = parts.filter(({ report }) => report.known)
  const all = (of: Of): number[] => known.flatMap((part) => of(part) ?? [])
  const sum = (of: Of): number => all(of).reduce((total, value) => total + value, 0)
  const middle = (of: Of): number | null => meanOf(all(of))
  const lowest = all(({ report }) => report.health.lowest)
  const wantedMs = sum((part) => part.wantedMs)
  const acknowledged = all(({ report }) => report.messages.acknowledged)
  return {
    accounts: parts.length,
    known: known.length,
    health: {
      mean: middle(({ report }) => report.health.mean),
      lowest: lowest.length === 0 ? null : Math.min(...lowest),
    },
    reliability: wantedMs === 0 ? null : sum((part) => part.servedMs) / wantedMs,
    uptime: middle(({ report }) => report.recovery.uptime),
    outages: sum(({ report }) => report.recovery.outages),
    recoveries: sum(({ report }) => report.recovery.recoveries),
    // Over all recoveries, not over accounts: one that had a hundred counts a hundred times.
    meanTimeToRecovery: weighted(
      known.map(({ report: { recovery } }) => [recovery.meanTimeToRecovery, recovery.recoveries]),
    ),
    qr: {
      generated: sum(({ report }) => report.qr.generated),
      regenerations: sum(({ report }) => report.qr.regenerations),
      scans: sum(({ report }) => report.qr.scans),
      averageTimeToConnect: weighted(known.map(({ report: { qr } }) => [qr.averageTimeToConnect, qr.scans])),
    },
    messages: {
      // A part of them would be taken for all.
      acknowledged:
        known.length === 0 || acknowledged.length < known.length
          ? null
          : acknowledged.reduce((a, b) => a + b, 0),
      failed: sum(({ report }) => report.messages.failed),
      failedAttempts: sum(({ report }) => report.messages.failedAttempts),
      processed: middle(({ report }) => report.messages.processed),
      meanTimeToAck: weighted(
        known.map(({ report: { messages } }) => [messages.meanTimeToAck, messages.acknowledged ?? 1]),
      ),
    },
    failovers: sum(({ report }) => Object.values(report.failovers).reduce((a, b) => a + b, 0)),
    issues: sum(({ report }) => report.issues.length),
  }
}

/** The accounts with the lowest mean scores; one that never left 100 is not among the worst. */
export function worstOf(parts: readonly AccountPart[], count: number): AccountPart[] {
  const mean = ({ report }: AccountPart): number => report.health.mean ?? 100
  return parts
    .filter((part) => mean(part) < 100)
    .sort((a, b) => mean(a) - mean(b) || (a.report.account < b.report.account ? -1 : 1))
    .slice(0, count)
}

function meanOf(values: readonly number[]): number | null {
  return values.length === 0 ? null : mean([...values])
}

function weighted(pairs: readonly (readonly [number | null, number])[]): number | null {
  let sum = 0
  let weights = 0
  for (const [value, weight] of pairs) {
    if (value === null || weight === 0) continue
    sum += value * weight
    weights += weight
  }
  return weights === 0 ? null : sum / weights
}

// How the parts see one another: each gets a narrow view of what another one holds.

import type { PoolDirectory } from '../admin/messages.ts'
import type { Master } from '../analytics/fleet-report.ts'
import type { Config } from '../config/schema.ts'
import type { Fleet } from '../fleet/fleet.ts'
import type { Routing } from '../fleet/routing.ts'
import type { HealthMonitor } from '../health/monitor.ts'
import type { Sender } from '../outbox/sender.ts'
import type { ScanTimeAnalyzer } from '../pairing/learning/analyzer.ts'
import type { ScanMetrics } from '../pairing/learning/metrics.ts'
import { refusal } from '../routing/plan.ts'
import type { LearningView } from '../telemetry/learning-gauges.ts'

/** The accounts of this process as the fleet report shows them. */
export function* mastersOf(
  fleet: Fleet,
  monitor: HealthMonitor,
  { router, book, candidates }: Routing,
): Iterable<Master> {
  const shares = new Map(router.pools().map((pool) => [pool, router.shares(pool)]))
  const active = new Map(
    router.pools().flatMap((pool) => candidates(pool).map((each) => [each.account, each.active] as const)),
  )
  for (const { account, session } of fleet.members()) {
    const { id, pool, role, region } = account
    const report = monitor.report(id)
    const factor = (name: string): number | null =>
      report?.factors.find((each) => each.name === name)?.value ?? null
    yield {
      account: id,
      pool,
      role,
      region,
      mode: book.mode(id),
      state: session.state,
      up: session.snapshot.up,
      healthScore: report?.score ?? null,
      healthStatus: report?.status ?? 'unknown',
      uptimePercent: factor('uptime'),
      failurePercent: factor('errorRate'),
      share: shares.get(pool)?.get(id) ?? 0,
      active: active.get(id) ?? 0,
      issues: (report?.findings ?? []).map(({ issue, severity }) => ({ issue, severity })),
    }
  }
}

/** The accounts of this process, and whether the routing gives them new conversations. */
export function* eligibleOf(
  fleet: Fleet,
  { candidates }: Routing,
): Iterable<{ account: string; eligible: boolean }> {
  const own = new Set(fleet.members().map(({ account }) => account.id))
  const pools = new Set(fleet.members().map(({ account }) => account.pool))
  const now = Date.now()
  for (const pool of pools)
    for (const candidate of candidates(pool))
      if (own.has(candidate.account))
        yield { account: candidate.account, eligible: refusal(candidate, now) === null }
}

export function sendersOf(fleet: Fleet, { book }: Routing): Sender[] {
  return fleet.members().map(({ account, epoch, session }) => ({
    account: account.id,
    epoch,
    ready() {
      // One that is out sends what its callers have bound to it: nobody else may.
      if (book.mode(account.id) === 'maintenance') return false
      return session.snapshot.up && session.snapshot.restriction === null
    },
    send: (message) => session.send(message),
  }))
}

/** Why the account of a message sends it to nobody, in a few words; null where it can, or where it has none. */
export function whySilent(
  { find, candidates }: Pick<Routing, 'find' | 'candidates'>,
  { account, bound }: { account: string | null; bound: number },
): string | null {
  if (account === null) return null
  const { pool } = find(account) ?? {}
  const found = pool === undefined ? [] : candidates(pool)
  const candidate = found.find((each) => each.account === account)
  if (!candidate) return 'no agent has it any more'
  if (candidate.mode === 'maintenance') return 'it is in maintenance'
  if (candidate.mode === 'out' && bound === 0) return 'a failover took it out'
  return candidate.unusableBecause
}

/** Who sends for whom: as this node's file says, and as the other nodes have listed. */
export function directoryOfAll(
  config: Config,
  { find, candidates, router }: Pick<Routing, 'find' | 'candidates' | 'router'>,
): PoolDirectory {
  const listed = directoryOf(config)
  return {
    // A message that names no pool means the only one of the file, whatever other nodes serve.
    pools: listed.pools,
    accountsOf(pool) {
      const own = listed.accountsOf(pool)
      if (own === undefined && !router.pools().includes(pool)) return undefined
      return [...new Set([...(own ?? []), ...candidates(pool).map(({ account }) => account)])]
    },
    find(key) {
      const own = listed.find(key)
      if (own) return own
      const { account, pool } = find(key) ?? {}
      return account === undefined || pool === undefined ? undefined : { id: account, pool }
    },
  }
}

/** Who sends for whom, as this node's file says. */
export function directoryOf({ pools, accounts }: Config): PoolDirectory {
  return {
    pools: () => pools.map(({ id }) => id),
    accountsOf: (pool) =>
      pools.some(({ id }) => id === pool)
        ? accounts.filter((each) => each.pool === pool).map(({ id }) => id)
        : undefined,
    find: (key) =>
      accounts.find(({ id, phone }) => id === key || phone.replace('+', '') === key.replace('+', '')),
  }
}

export function learningView(fleet: Fleet, analyzer: ScanTimeAnalyzer): LearningView {
  const learned = ({ recommendedTimeout, confidence, medianQRScanTime, p95QRScanTime }: ScanMetrics) => ({
    windowMs: recommendedTimeout,
    confidence,
    medianMs: medianQRScanTime,
    p95Ms: p95QRScanTime,
  })
  return {
    accounts: () => fleet.members().map(({ account: { id } }) => ({ id, ...learned(analyzer.metrics(id)) })),
    fleet: () => learned(analyzer.fleetMetrics()),
  }
}

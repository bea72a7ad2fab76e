// Where a report finds its accounts: the store lists those of every node, and what this process knows now of its own comes from memory.

import type { HealthMonitor } from '../../health/monitor.ts'
import type { SessionSnapshot } from '../../session/snapshot.ts'
import type { Queryable, Row } from '../../store/sql.ts'
import type { Listed, Live } from './account.ts'

/** More than a fleet has; the rest would be no report for people. */
const MOST = 10_000

/** Every account that is not retired, by id. Rejects with StoreError. */
export async function listedAccounts(sql: Queryable): Promise<Listed[]> {
  return sql.query<Listed & Row>(
    `SELECT id AS account, phone, pool, role, region FROM account WHERE retired = 0 ORDER BY id LIMIT ${MOST}`,
  )
}

/** Null for an account that this process does not hold. */
export function liveOf(
  account: string,
  snapshot: Pick<SessionSnapshot, 'state' | 'since'> | undefined,
  monitor: HealthMonitor,
): Live | null {
  if (!snapshot) return null
  const report = monitor.report(account)
  // Asking for the counts of an account that was never scored would begin them.
  const { acks, ackMsSum } = report
    ? monitor.counts(account).sums(performance.now())
    : { acks: 0, ackMsSum: 0 }
  return { state: snapshot.state, since: snapshot.since, score: report?.score ?? null, acks, ackMsSum }
}

// Gauges show what was counted last: a scrape asks the store nothing.

import type { Sql } from '../../../agent/store/sql.ts'
import { fillWhenRead, type Instruments } from '../../../agent/telemetry/instruments.ts'
import type { Budgets } from '../config/schema.ts'
import { BUDGET_MS } from '../decide/budget.ts'
import type { PagerMetric } from '../telemetry/catalogue.ts'
import type { ChannelName, DeliveryState } from '../words.ts'

export interface Counts {
  deliveries: { channel: ChannelName; state: DeliveryState; count: number }[]
  /** When the oldest was made that does not wait for the end of quiet hours, in milliseconds. */
  oldestAt: number | null
  /** The same of those that tell of something critical. */
  oldestCriticalAt: number | null
  pages: { open: number; acknowledged: number }
  spent: Partial<Record<ChannelName, number>>
}

export const nothing: Counts = {
  deliveries: [],
  oldestAt: null,
  oldestCriticalAt: null,
  pages: { open: 0, acknowledged: 0 },
  spent: {},
}

/** Rejects with StoreError. */
export async function countAll(sql: Sql, now: number): Promise<Counts> {
  const deliveries = await sql.query<{ channel: string; state: string; count: number }>(
    `SELECT channel, state, COUNT(*) AS count FROM delivery WHERE state IN ('queued', 'sending', 'held') GROUP BY channel, state`,
  )
  const [oldest] = await sql.query<{ at: number | null; critical: number | null }>(
    `SELECT MIN(d.created_at) AS at,
       MIN(CASE WHEN n.severity = 'critical' AND n.kind <> 'resolved' THEN d.created_at END) AS critical
     FROM delivery d JOIN notice n ON n.id = d.notice
     WHERE d.state IN ('queued', 'sending') OR (d.state = 'held' AND d.why <> 'quiet-hours')`,
  )
  const [pages] = await sql.query<{ n: number; acknowledged: number }>(
    "SELECT COUNT(*) AS n, COUNT(acknowledged_at) AS acknowledged FROM page WHERE state = 'open'",
  )
  const spent = await sql.query<{ channel: string; count: number }>(
    `SELECT channel, COUNT(DISTINCT delivery) AS count FROM attempt WHERE started_at > $1
       AND (outcome IS NULL OR outcome IN ('accepted', 'unknown')) GROUP BY channel`,
    [now - BUDGET_MS],
  )
  const { n = 0, acknowledged = 0 } = pages ?? {}
  return {
    deliveries: deliveries as Counts['deliveries'],
    oldestAt: oldest?.at ?? null,
    oldestCriticalAt: oldest?.critical ?? null,
    pages: { open: n - acknowledged, acknowledged },
    spent: Object.fromEntries(spent.map(({ channel, count }) => [channel, count])),
  }
}

export function showCounts(
  to: Instruments<PagerMetric>,
  channels: readonly ChannelName[],
  budgets: Budgets,
  counts: () => Counts,
): void {
  fillWhenRead(to.gauge('deliveries'), (gauge) => {
    for (const channel of channels)
      for (const state of ['queued', 'sending', 'held']) gauge.set({ channel, state }, 0)
    for (const { channel, state, count } of counts().deliveries) gauge.set({ channel, state }, count)
  })
  const ageOf = (at: number | null): number => (at === null ? 0 : Math.max(0, (Date.now() - at) / 1_000))
  fillWhenRead(to.gauge('oldest'), (gauge) => gauge.set(ageOf(counts().oldestAt)))
  fillWhenRead(to.gauge('oldestCritical'), (gauge) => gauge.set(ageOf(counts().oldestCriticalAt)))
  fillWhenRead(to.gauge('budgetLeft'), (gauge) => {
    for (const channel of channels)
      gauge.set({ channel }, Math.max(0, budgets.all[channel] - (counts().spent[channel] ?? 0)))
  })
  fillWhenRead(to.gauge('pages'), (gauge) => {
    for (const [state, count] of Object.entries(counts().pages)) gauge.set({ state }, count)
  })
}

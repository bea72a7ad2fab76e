// A desk of reports over the accounts of a fleet, without a mail server unless one is named.

import type { DeskParts } from '../../../../agent/analytics/reports/desk.ts'
import { ReportDesk } from '../../../../agent/analytics/reports/desk.ts'
import { liveOf } from '../../../../agent/analytics/reports/sources.ts'
import type { ReportsConfig } from '../../../../agent/config/schema.ts'
import type { HealthMonitor } from '../../../../agent/health/monitor.ts'
import { embeddedHistory } from '../../../../agent/history/embedded.ts'
import type { FleetStage } from '../../fleet/stage.ts'

export const reportsConfig: ReportsConfig = {
  when: { daily: null, weekly: null, monthly: null },
  timezone: 'UTC',
  formats: ['pdf', 'csv'],
  phones: 'masked',
  to: [],
  from: null,
  smtp: null,
}

export function reportDesk(
  { fleet, sql, bus }: Pick<FleetStage, 'fleet' | 'sql' | 'bus'>,
  monitor: HealthMonitor,
  changes: Partial<DeskParts> = {},
): ReportDesk {
  return new ReportDesk({
    bus,
    sql,
    node: 'node-1',
    history: embeddedHistory(sql),
    config: reportsConfig,
    password: null,
    accounts: async () =>
      fleet.members().map(({ account: { id, phone, pool, role, region } }) => ({
        account: id,
        phone,
        pool,
        role,
        region,
      })),
    live: (account) => liveOf(account, fleet.find(account)?.session.snapshot, monitor),
    timezone: 'UTC',
    phones: 'masked',
    thresholds: { healthyFrom: 80, unhealthyBelow: 60 },
    ...changes,
  })
}

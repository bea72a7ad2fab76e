// The desk of reports: accounts of the whole store, and what this process knows of its own.

import { ReportDesk } from '../analytics/reports/desk.ts'
import { mailPassword } from '../analytics/reports/password.ts'
import { listedAccounts, liveOf } from '../analytics/reports/sources.ts'
import type { Ground } from './ground.ts'
import type { MessageRooms } from './message-rooms.ts'

/** Throws ConfigError when the password of the mail server cannot be read. */
export function openReports(
  { config, bus, sql, history }: Ground,
  { fleet, monitor }: Pick<MessageRooms, 'fleet' | 'monitor'>,
): ReportDesk {
  const { reports } = config
  return new ReportDesk({
    bus,
    sql,
    history,
    node: config.node.id,
    config: reports,
    password: mailPassword(reports.smtp?.passwordFile ?? null),
    accounts: () => listedAccounts(sql),
    live: (account) => liveOf(account, fleet.find(account)?.session.snapshot, monitor),
    scoredEveryMs: config.health.intervalMs,
    timezone: reports.timezone,
    phones: reports.phones,
    thresholds: config.health.thresholds,
  })
}

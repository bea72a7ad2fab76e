// A report as a table for spreadsheets and programs: RFC 4180, a row for each account, plain figures, and no cell that a spreadsheet would run.

import { stringify } from 'csv-stringify/sync'
import type { AccountReport, ReportData } from './data.ts'

type Cell = string | number | null

const cells: Readonly<Record<string, (account: AccountReport) => Cell>> = {
  account: ({ account }) => account,
  phone: ({ phone }) => phone,
  pool: ({ pool }) => pool,
  role: ({ role }) => role,
  region: ({ region }) => region,
  has_history: ({ known }) => (known ? 'yes' : 'no'),
  score: ({ health }) => health.now,
  score_mean: ({ health }) => rounded(health.mean, 2),
  score_lowest: ({ health }) => health.lowest,
  score_points_per_day: ({ health }) => rounded(health.slopePerDay, 2),
  trend: ({ health }) => health.direction,
  reliability_ratio: ({ recovery }) => rounded(recovery.reliability, 6),
  uptime_ratio: ({ recovery }) => rounded(recovery.uptime, 6),
  outages: counted(({ recovery }) => recovery.outages),
  recoveries: counted(({ recovery }) => recovery.recoveries),
  mean_time_to_recovery_seconds: ({ recovery }) => seconds(recovery.meanTimeToRecovery),
  qr_codes: counted(({ qr }) => qr.generated),
  qr_regenerations: counted(({ qr }) => qr.regenerations),
  qr_scans: counted(({ qr }) => qr.scans),
  mean_time_to_connect_seconds: ({ qr }) => seconds(qr.averageTimeToConnect),
  messages_acknowledged: ({ messages }) => messages.acknowledged,
  messages_failed: counted(({ messages }) => messages.failed),
  message_attempts_failed: counted(({ messages }) => messages.failedAttempts),
  messages_processed_ratio: ({ messages }) => rounded(messages.processed, 6),
  mean_time_to_ack_seconds: ({ messages }) => seconds(messages.meanTimeToAck),
  failovers: counted(({ failovers }) => Object.values(failovers).reduce((sum, count) => sum + count, 0)),
  issues: ({ issues }) => issues.map(({ issue }) => issue).join(' '),
}

/**
 * Without a byte order mark: everything in it is ASCII (ids, figures, names of issues), and the mark would stand before the first head for
 * every program that does not expect it. Text that begins like a formula gets an apostrophe; a number may be negative. Null is an empty cell.
 */
export async function csv({ type, from, until, accounts }: ReportData): Promise<Uint8Array> {
  const head = ['report', 'from', 'until', ...Object.keys(cells)]
  const rows = accounts.map((account) => [
    type,
    from,
    until,
    ...Object.values(cells).map((cell) => cell(account)),
  ])
  return Buffer.from(
    stringify([head, ...rows], {
      record_delimiter: 'windows',
      escape_formulas: true,
      // The library looks for its own delimiter only; half of it ends a line for other readers.
      quoted_match: /[\r\n]/,
    }),
  )
}

/** Of an account without a history nothing was counted, which is not zero. */
function counted(of: (account: AccountReport) => number): (account: AccountReport) => Cell {
  return (account) => (account.known ? of(account) : null)
}

function rounded(value: number | null, digits: number): number | null {
  return value === null ? null : Number(value.toFixed(digits))
}

function seconds(ms: number | null): number | null {
  return rounded(ms === null ? null : ms / 1_000, 3)
}

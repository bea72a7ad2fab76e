// A report to draw: of a filled history, or spoiled with hostile text in every place that holds any.

import { onTestFinished } from 'vitest'
import type { ReportData } from '../../../../agent/analytics/reports/data.ts'
import { type MakerParts, makeReport } from '../../../../agent/analytics/reports/make.ts'
import { Bus } from '../../../../agent/events.ts'
import { embeddedHistory } from '../../../../agent/history/embedded.ts'
import { migrate } from '../../../../agent/store/migrations.ts'
import { openSqlite } from '../../../../agent/store/sqlite.ts'
import type { ReportType } from '../../../../agent/words.ts'
import { type Filling, fill, listedAccounts, realistic } from './filled.ts'

export const until = Date.parse('2026-11-20T07:00:00Z')

export async function filledParts(filling: Partial<Filling> = {}): Promise<MakerParts> {
  const sql = openSqlite(':memory:', new Bus('store'))
  onTestFinished(() => sql.close())
  await migrate(sql)
  const history = embeddedHistory(sql)
  // Fewer than in life, for the time that tests take.
  const all = { ...realistic, scores: 60, changes: 10, until, ...filling }
  await fill(history, all)
  return {
    history,
    accounts: async () => listedAccounts(all.accounts),
    live: () => null,
    timezone: 'Asia/Dubai',
    phones: 'masked',
    thresholds: { healthyFrom: 80, unhealthyBelow: 60 },
  }
}

export async function filledReport(
  filling: Partial<Filling> = {},
  type: ReportType = 'weekly',
): Promise<ReportData> {
  return makeReport(await filledParts(filling), { type, until }, until)
}

/** Every text that could ever come from outside is this one. */
export function spoiled(report: ReportData, text: string): ReportData {
  const accounts = report.accounts.map((account) => ({
    ...account,
    account: text,
    phone: text,
    pool: text,
    role: text,
    region: text,
    issues: account.issues.map((issue) => ({ ...issue, issue: text, severity: text, recommendation: text })),
  }))
  const worst = report.worst.map((line) => ({ ...line, account: text }))
  return { ...report, accounts, worst, notes: [text] }
}

// A report as plain text: what a terminal shows, and a mail program that shows no HTML. Narrow, so that no line breaks in either.

import { table } from '../../cli/table.ts'
import { figuresOf, issueRows, titleOf } from './columns.ts'
import type { ReportData } from './data.ts'
import { countText, durationText, scoreText, shareText, timeText } from './text.ts'

const ACCOUNTS = 1_000

/** Ends with a line feed. */
export function plain(report: ReportData): string {
  const { from, until, timezone, notes, accounts } = report
  const parts = [
    `${titleOf(report)} of the fleet, ${timeText(from, timezone)} to ${timeText(until, timezone)} (${timezone})\n`,
    notes.map((note) => `! ${note}\n`).join(''),
    table(
      ['FIGURE', 'VALUE', 'CHANGE'],
      figuresOf(report).map(({ name, value, change }) => [name, value, change]),
      { right: ['VALUE', 'CHANGE'] },
    ),
    issuesText(report),
    accounts.length === 0 ? '' : accountsText(report),
  ]
  return parts.filter((part) => part !== '').join('\n')
}

function issuesText(report: ReportData): string {
  const { rows, more } = issueRows(report)
  if (rows.length === 0) return ''
  const head = ['ACCOUNT', 'ISSUE', 'SEVERITY', 'TIMES', 'HELD']
  const cells = rows.map(({ account, issue, severity, times, held }) => [
    account,
    issue,
    severity,
    times,
    held,
  ])
  return table(head, cells, { right: ['TIMES'] }) + (more > 0 ? `and ${more} more\n` : '')
}

function accountsText({ accounts }: ReportData): string {
  const head = ['ACCOUNT', 'SCORE', 'MEAN', 'LOWEST', 'SERVED', 'OUTAGES', 'MTTR', 'SCANS', 'FAILED']
  const rows = accounts
    .slice(0, ACCOUNTS)
    .map(({ account, known, health, recovery, qr, messages }) => [
      account,
      scoreText(health.now),
      scoreText(health.mean),
      scoreText(health.lowest),
      shareText(recovery.reliability),
      countText(known ? recovery.outages : null),
      durationText(recovery.meanTimeToRecovery),
      countText(known ? qr.scans : null),
      countText(known ? messages.failed : null),
    ])
  const more = accounts.length - rows.length
  return table(head, rows, { right: head.slice(1) }) + (more > 0 ? `and ${more} more\n` : '')
}

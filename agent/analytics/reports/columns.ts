// The table of accounts and the figures of the fleet, once for every form that people read.

import type { AccountReport, FleetTotals, ReportData } from './data.ts'
import { changeText, countText, durationText, issueText, NONE, scoreText, shareText } from './text.ts'

export interface Column {
  head: string
  cell(account: AccountReport): string
  /** Points on a landscape page, of 770 in all. */
  width: number
  /** Figures stand on the right. */
  right: boolean
}

const text = (head: string, width: number, cell: Column['cell']): Column => ({
  head,
  cell,
  width,
  right: false,
})
const figure = (head: string, width: number, cell: Column['cell']): Column => ({
  head,
  cell,
  width,
  right: true,
})
/** Of an account without a history only its name is known. */
const known =
  (cell: Column['cell']): Column['cell'] =>
  (account) =>
    account.known ? cell(account) : NONE

export const columns: readonly Column[] = [
  text('Account', 70, ({ account }) => account),
  text('Phone', 66, ({ phone }) => phone),
  text('Pool', 52, ({ pool }) => pool),
  figure('Score', 30, ({ health }) => scoreText(health.now)),
  figure('Mean', 30, ({ health }) => scoreText(health.mean)),
  figure('Lowest', 34, ({ health }) => scoreText(health.lowest)),
  figure(
    'A day',
    32,
    known(({ health }) => trendText(health.slopePerDay)),
  ),
  figure('Served', 42, ({ recovery }) => shareText(recovery.reliability)),
  figure('Uptime', 42, ({ recovery }) => shareText(recovery.uptime)),
  figure(
    'Outages',
    36,
    known(({ recovery }) => countText(recovery.outages)),
  ),
  figure(
    'Back',
    28,
    known(({ recovery }) => countText(recovery.recoveries)),
  ),
  figure('MTTR', 38, ({ recovery }) => durationText(recovery.meanTimeToRecovery)),
  figure(
    'Codes',
    32,
    known(({ qr }) => countText(qr.generated)),
  ),
  figure(
    'Again',
    30,
    known(({ qr }) => countText(qr.regenerations)),
  ),
  figure(
    'Scans',
    30,
    known(({ qr }) => countText(qr.scans)),
  ),
  figure('Scan time', 40, ({ qr }) => durationText(qr.averageTimeToConnect)),
  figure('Acked', 36, ({ messages }) => countText(messages.acknowledged)),
  figure(
    'Failed',
    32,
    known(({ messages }) => countText(messages.failed)),
  ),
  figure('Ack time', 36, ({ messages }) => durationText(messages.meanTimeToAck)),
  figure(
    'Moved',
    34,
    known(({ failovers }) => countText(countOf(failovers))),
  ),
]

/** What the short heads mean, for the foot of the table. */
export const legend =
  'Score: now, its mean and lowest of the period, and its change in points a day. Served: share of the time in which it was wanted. Uptime: share with fresh evidence. ' +
  'Back: outages that ended. MTTR: mean time to recovery. Codes: QR codes made; again: attempts begun anew; scan time: from the first look to the scan. ' +
  'Acked, failed: messages; ack time: to the acknowledgement of the server. Moved: failovers from it. A dash means that it is not known.'

export const changeLegend =
  'Behind each figure: its change against the period before; of a share in percentage points.'

export interface Figure {
  name: string
  value: string
  /** Against the period before; empty where there is nothing to say. */
  change: string
}

export function figuresOf({ fleet, before }: ReportData): Figure[] {
  const figure = (
    name: string,
    of: (totals: FleetTotals) => number | null,
    text: (value: number | null) => string,
    difference: (value: number) => string = text,
  ): Figure => ({
    name,
    value: text(of(fleet)),
    change: changeText(of(fleet), before && of(before), text, difference),
  })
  const points = (difference: number): string => difference.toFixed(1)
  const percent = (difference: number): string => `${(difference * 100).toFixed(2)}`
  if (fleet.known === 0) return [{ name: 'Accounts', value: countText(fleet.accounts), change: '' }]
  return [
    figure('Accounts', ({ accounts }) => accounts, countText),
    figure('Mean score', ({ health }) => health.mean, oneDigit, points),
    figure('Lowest score', ({ health }) => health.lowest, scoreText, points),
    figure('Time served', ({ reliability }) => reliability, shareText, percent),
    figure('Uptime', ({ uptime }) => uptime, shareText, percent),
    figure('Outages', ({ outages }) => outages, countText),
    figure('Recovered', ({ recoveries }) => recoveries, countText),
    figure('Mean time to recovery', ({ meanTimeToRecovery }) => meanTimeToRecovery, durationText),
    figure('QR codes made', ({ qr }) => qr.generated, countText),
    figure('Regenerations', ({ qr }) => qr.regenerations, countText),
    figure('Scans', ({ qr }) => qr.scans, countText),
    figure('Mean time to connect', ({ qr }) => qr.averageTimeToConnect, durationText),
    figure('Messages acknowledged', ({ messages }) => messages.acknowledged, countText),
    figure('Messages failed', ({ messages }) => messages.failed, countText),
    figure('Mean time to acknowledgement', ({ messages }) => messages.meanTimeToAck, durationText),
    figure('Failovers', ({ failovers }) => failovers, countText),
  ]
}

export interface IssueRow {
  account: string
  issue: string
  severity: string
  times: string
  held: string
  recommendation: string
}

/** Issues that are shown to people; all of them are in the JSON. */
const MOST_ISSUES = 150
const order = ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW']

/** Those that hold at the end first, then by severity. */
export function issueRows({ accounts }: ReportData, most = MOST_ISSUES): { rows: IssueRow[]; more: number } {
  const all = accounts
    .flatMap(({ account, issues }) => issues.map((each) => ({ ...each, account })))
    .sort(
      (a, b) =>
        Number(b.holds) - Number(a.holds) ||
        order.indexOf(a.severity) - order.indexOf(b.severity) ||
        b.heldMs - a.heldMs,
    )
  const rows = all
    .slice(0, most)
    .map(({ account, issue, severity, times, heldMs, holds, recommendation }) => ({
      account,
      issue: issueText(issue),
      severity: severity.toLowerCase(),
      times: countText(times),
      held: holds ? `${durationText(heldMs)}, still` : durationText(heldMs),
      recommendation,
    }))
  return { rows, more: all.length - rows.length }
}

export function titleOf({ type }: ReportData): string {
  return `${type[0]?.toUpperCase()}${type.slice(1)} report`
}

function oneDigit(value: number | null): string {
  return value === null ? NONE : value.toFixed(1)
}

function trendText(slope: number | null): string {
  if (slope === null) return NONE
  const said = slope.toFixed(1)
  return said === '-0.0' || said === '0.0' ? '0' : slope > 0 ? `+${said}` : said
}

function countOf(outcomes: Record<string, number>): number {
  return Object.values(outcomes).reduce((sum, count) => sum + count, 0)
}

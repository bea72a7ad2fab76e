// The tables of issues and accounts as HTML: all of it for the browser; in a mail the worst of it, because mail programs cut long ones off.

import { html } from 'hono/html'
import { colourOf, faint, rule } from './colours.ts'
import { columns, issueRows, legend } from './columns.ts'
import type { AccountReport, ReportData } from './data.ts'

export type Reader = 'browser' | 'mail'

/** Gmail shows 102 KB of a mail; figures, charts and these rows are some 80, and less than that with the longest names. */
const MAIL_ISSUES = 20
const MAIL_ACCOUNTS = 25
/** What a phone has room for. */
const MAIL_COLUMNS: readonly string[] = ['Account', 'Score', 'Mean', 'Served', 'Outages', 'MTTR', 'Failed']

export function issueTable(report: ReportData, reader: Reader) {
  const { rows, more } = issueRows(report, reader === 'mail' ? MAIL_ISSUES : undefined)
  if (rows.length === 0) return html`<p style="margin:0">There were none.</p>`
  const whole = ';white-space:nowrap'
  const above = ';border-bottom:0;padding-right:6px'
  const head = [
    'Account',
    'Issue',
    'Severity',
    'Times',
    'Held',
    ...(reader === 'browser' ? ['What to do'] : []),
  ]
  const style = `padding:4px 10px 4px 0;vertical-align:top;border-bottom:1px solid ${rule}`
  const cell = (content: string, more = '') => html`<td style="${style}${more}">${content}</td>`
  return html`<div style="overflow-x:auto"><table cellspacing="0" cellpadding="0" style="border-collapse:collapse;font-size:13px;width:100%">
<tr>${head.map((each) => html`<th align="left" style="${style};color:${faint};font-weight:normal">${each}</th>`)}</tr>
${rows.map(({ account, issue, severity, times, held, recommendation }) =>
  reader === 'browser'
    ? html`<tr>${[account, issue, severity, times, held].map((each) => cell(each, whole))}${cell(recommendation)}</tr>
`
    : // A phone has no room for a sixth column.
      html`<tr>${cell(account, above + whole)}${[issue, severity, times].map((each) => cell(each, above))}${cell(held, above + whole)}</tr>
<tr><td colspan="5" style="${style};padding-top:0;color:${faint}">${recommendation}</td></tr>
`,
)}</table></div>${more > 0 ? html`<p style="margin:6px 0 0;font-size:13px">and ${more} more</p>` : ''}`
}

export function accountTable({ accounts, thresholds }: ReportData, reader: Reader) {
  const shown = reader === 'mail' ? lowest(accounts, MAIL_ACCOUNTS) : accounts
  const wanted = columns.filter(({ head }) => reader === 'browser' || MAIL_COLUMNS.includes(head))
  const style = `padding:3px 8px 3px 0;white-space:nowrap;border-bottom:1px solid ${rule}`
  const row = (account: AccountReport) => {
    const score = `;font-weight:bold;color:${colourOf(account.health.now, thresholds)}`
    return html`<tr>${wanted.map(
      ({ head, right, cell }) =>
        html`<td align="${right ? 'right' : 'left'}" style="${style}${head === 'Score' ? score : ''}">${cell(account)}</td>`,
    )}</tr>
`
  }
  const left = accounts.length - shown.length
  return html`<div style="overflow-x:auto"><table cellspacing="0" cellpadding="0" style="border-collapse:collapse;font-size:12px;width:100%">
<thead><tr>${wanted.map(({ head, right }) => html`<th align="${right ? 'right' : 'left'}" style="${style};color:${faint};font-weight:normal">${head}</th>`)}</tr></thead>
<tbody>${shown.map(row)}</tbody></table></div>
${left > 0 ? html`<p style="margin:6px 0 0;font-size:13px">These are the ${shown.length} with the lowest mean scores; ${left} more are not shown here.</p>` : ''}
<p style="margin:6px 0 0;font-size:12px;color:${faint}">${legend}</p>`
}

/** Those without a score come first: nobody knows how they are. */
function lowest(accounts: readonly AccountReport[], count: number): AccountReport[] {
  return accounts.toSorted((a, b) => (a.health.mean ?? -1) - (b.health.mean ?? -1)).slice(0, count)
}

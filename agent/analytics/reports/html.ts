// A report as one page with its styles inside: for the browser, and as the text of a mail, where charts are cells instead of drawings.

import { html as markup } from 'hono/html'
import { faint, ink, paper, rule, shade } from './colours.ts'
import { changeLegend, figuresOf, titleOf } from './columns.ts'
import type { ReportData } from './data.ts'
import { outageMap, scoresCells, scoresLegend } from './html-charts.ts'
import { accountTable, issueTable } from './html-tables.ts'
import { scoresSvg } from './svg.ts'
import { timeText } from './text.ts'

export async function html(report: ReportData): Promise<Uint8Array> {
  return Buffer.from(String(await page(report, 'browser')))
}

/** As the text of a mail. */
export async function mailHtml(report: ReportData): Promise<string> {
  return String(await page(report, 'mail'))
}

function page(report: ReportData, reader: 'browser' | 'mail') {
  const { from, until, madeAt, timezone, notes, fleet, accounts } = report
  return markup`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="color-scheme" content="light"><title>${titleOf(report)}</title></head>
<body style="margin:0;background:${shade};color:${ink};font:15px/1.45 -apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif">
<div style="max-width:1180px;margin:0 auto;padding:20px 16px;background:${paper}">
<h1 style="margin:0 0 2px;font-size:24px">${titleOf(report)}</h1>
<p style="margin:0 0 14px;color:${faint}">${timeText(from, timezone)} to ${timeText(until, timezone)}, ${timezone}</p>
${notes.map((note) => markup`<p style="margin:0 0 8px;padding:8px 12px;background:#fff6df;border-left:4px solid #b7791f">${note}</p>`)}
<div style="margin:14px 0 4px">${figuresOf(report).map(card)}</div>
${report.before === null ? '' : markup`<p style="margin:0 0 4px;font-size:12px;color:${faint}">${changeLegend}</p>`}
${report.worst.length === 0 ? '' : section('The lowest scores', reader === 'mail' ? scoresCells(report) : markup`${scoresLegend(report)}${scoresSvg(report)}`)}
${fleet.known === 0 ? '' : section('Outages', fleet.outages === 0 ? markup`<p style="margin:0">There were none.</p>` : outageMap(report, reader))}
${fleet.known === 0 ? '' : section('Issues that held', issueTable(report, reader))}
${accounts.length === 0 ? '' : section('Accounts', accountTable(report, reader))}
<p style="margin:24px 0 0;font-size:12px;color:${faint}">Made by Linda, ${timeText(madeAt, timezone)}.</p>
</div></body></html>
`
}

function section(title: string, content: ReturnType<typeof markup>) {
  return markup`<h2 style="margin:26px 0 8px;font-size:17px;border-bottom:1px solid ${rule};padding-bottom:4px">${title}</h2>${content}`
}

function card({ name, value, change }: { name: string; value: string; change: string }) {
  return markup`<div style="display:inline-block;vertical-align:top;width:150px;margin:0 8px 8px 0;padding:8px 10px;background:${shade};box-sizing:border-box;min-height:76px"><div style="font-size:12px;line-height:1.2;color:${faint}">${name}</div><div style="font-size:19px;white-space:nowrap">${value} <span style="font-size:12px;color:${faint}">${change}</span></div></div>`
}

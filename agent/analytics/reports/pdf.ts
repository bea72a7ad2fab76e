// A report as a PDF on landscape pages: figures, charts, issues, and the accounts over as many pages as they need.

import { colourOf, faint, ink, shade } from './colours.ts'
import { changeLegend, columns, figuresOf, type IssueRow, issueRows, legend, titleOf } from './columns.ts'
import type { AccountReport, ReportData } from './data.ts'
import { outagesNeed, pdfOutages, pdfScores, scoresNeed } from './pdf-charts.ts'
import { finished, heading, line, MARGIN, newPdf, type Pdf, room, shown, WIDTH } from './pdf-page.ts'
import { type PdfColumn, pdfTable } from './pdf-table.ts'
import { timeText } from './text.ts'

export async function pdf(report: ReportData): Promise<Uint8Array> {
  const { from, until, madeAt, timezone, notes, fleet, accounts, worst } = report
  const period = `${timeText(from, timezone)} to ${timeText(until, timezone)}, ${timezone}`
  const doc = newPdf(titleOf(report), new Date(madeAt))
  doc.font('Helvetica-Bold').fontSize(18).fillColor(ink).text(titleOf(report), MARGIN, MARGIN)
  doc.font('Helvetica').fontSize(9).fillColor(faint).text(shown(period))
  doc.moveDown(0.6)
  for (const note of notes)
    doc.fontSize(9).fillColor('#8a5a00').text(shown(note), MARGIN, doc.y, { width: WIDTH })
  if (notes.length > 0) doc.moveDown(0.4)
  cards(doc, report)
  if (worst.length > 0) {
    heading(doc, 'The lowest scores', scoresNeed)
    pdfScores(doc, report)
  }
  if (fleet.outages > 0) {
    heading(doc, 'Outages', outagesNeed)
    pdfOutages(doc, report)
  }
  await issues(doc, report)
  if (accounts.length > 0) await accountTable(doc, report)
  return finished(doc, `${titleOf(report)}, ${period}. Made by Linda, ${timeText(madeAt, timezone)}.`)
}

const ACROSS = 6

function cards(doc: Pdf, report: ReportData): void {
  const width = WIDTH / ACROSS
  const figures = figuresOf(report)
  for (let i = 0; i < figures.length; i += ACROSS) {
    room(doc, 36)
    const { y } = doc
    figures.slice(i, i + ACROSS).forEach(({ name, value, change }, place) => {
      const x = MARGIN + place * width
      doc.rect(x, y, width - 6, 32).fill(shade)
      doc.font('Helvetica').fontSize(7).fillColor(faint)
      line(doc, name, x + 6, y + 5, width - 16)
      doc.fontSize(12).fillColor(ink)
      const used = Math.min(doc.widthOfString(value), width - 16)
      line(doc, value, x + 6, y + 16, width - 16)
      doc.fontSize(7).fillColor(faint)
      line(doc, change, x + 10 + used, y + 20, Math.max(1, width - 20 - used))
    })
    doc.y = y + 36
  }
  if (report.before === null) return
  doc.fontSize(7).fillColor(faint)
  line(doc, changeLegend, MARGIN, doc.y, WIDTH)
  doc.y += 10
}

const issueColumns: readonly PdfColumn<IssueRow>[] = [
  { head: 'Account', width: 90, right: false, cell: ({ account }) => account },
  { head: 'Issue', width: 130, right: false, cell: ({ issue }) => issue },
  { head: 'Severity', width: 50, right: false, cell: ({ severity }) => severity },
  { head: 'Times', width: 36, right: true, cell: ({ times }) => times },
  { head: 'Held', width: 70, right: false, cell: ({ held }) => held },
  { head: 'What to do', width: 394, right: false, wraps: true, cell: ({ recommendation }) => recommendation },
]

async function issues(doc: Pdf, report: ReportData): Promise<void> {
  const { rows, more } = issueRows(report)
  if (report.fleet.known === 0) return
  heading(doc, 'Issues that held', 50)
  doc.font('Helvetica').fontSize(9).fillColor(ink)
  if (rows.length === 0) doc.text('There were none.', MARGIN)
  else await pdfTable(doc, issueColumns, rows)
  if (more > 0) doc.font('Helvetica').fontSize(8).fillColor(faint).text(`and ${more} more`, MARGIN)
}

async function accountTable(doc: Pdf, { accounts, thresholds }: ReportData): Promise<void> {
  heading(doc, 'Accounts', 50)
  await pdfTable<AccountReport>(
    doc,
    columns.map((column) => ({
      ...column,
      ...(column.head === 'Score' && {
        colour: ({ health }: AccountReport) => colourOf(health.now, thresholds),
      }),
    })),
    accounts,
  )
  doc.font('Helvetica').fontSize(7).fillColor(faint)
  room(doc, 26)
  doc.text(legend, MARGIN, doc.y + 4, { width: WIDTH })
}

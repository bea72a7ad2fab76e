// The charts of the PDF: scores of the worst accounts over time, and outages over the week.

import { faint, heat, ink, lines, onHeat, rule } from './colours.ts'
import type { ReportData } from './data.ts'
import { dayMarks } from './marks.ts'
import { line, MARGIN, type Pdf, WIDTH } from './pdf-page.ts'
import { pieces } from './svg.ts'
import { scoreText } from './text.ts'

const HEIGHT = 104
/** What each chart takes of a page, in points. */
export const scoresNeed = HEIGHT + 40
const LEFT = 24
const CELL = 13
export const outagesNeed = 9 * CELL

export function pdfScores(
  pdf: Pdf,
  { from, until, timezone, worst, accounts, thresholds }: ReportData,
): void {
  worst.forEach(({ account }, i) => {
    const health = accounts.find((each) => each.account === account)?.health
    const x = MARGIN + (i * WIDTH) / 3
    pdf.rect(x, pdf.y + 3, 14, 2).fill(lines[i] ?? ink)
    pdf.font('Helvetica').fontSize(8).fillColor(ink)
    const said = `${account}: mean ${scoreText(health?.mean ?? null)}, lowest ${scoreText(health?.lowest ?? null)}`
    line(pdf, said, x + 18, pdf.y, WIDTH / 3 - 24)
  })
  const top = pdf.y + 16
  const start = Date.parse(from)
  const length = Date.parse(until) - start
  const x = (at: number): number => MARGIN + LEFT + ((WIDTH - LEFT) * (at - start)) / length
  const y = (score: number): number => top + HEIGHT * (1 - score / 100)
  const ruleFrom = (x1: number, y1: number, x2: number, y2: number): void => {
    pdf.moveTo(x1, y1).lineTo(x2, y2).strokeColor(rule).lineWidth(0.5).stroke()
  }
  pdf.fontSize(7)
  for (const score of new Set([0, thresholds.unhealthyBelow, thresholds.healthyFrom, 100])) {
    ruleFrom(MARGIN + LEFT, y(score), MARGIN + WIDTH, y(score))
    pdf.fillColor(faint)
    line(pdf, String(score), MARGIN, y(score) - 3, LEFT - 4, 'right')
  }
  for (const { at, text } of dayMarks(start, start + length, timezone)) {
    ruleFrom(x(at), top, x(at), top + HEIGHT)
    pdf.fillColor(faint)
    // Nothing sticks out over the edge of the page.
    const left = Math.min(x(at) - 30, MARGIN + WIDTH - 60)
    line(pdf, text, left, top + HEIGHT + 3, 60, 'center')
  }
  worst.forEach((each, i) => {
    for (const [first, ...rest] of pieces(each)) {
      if (!first) continue
      pdf.moveTo(x(Date.parse(first.at)), y(first.score))
      for (const point of rest) pdf.lineTo(x(Date.parse(point.at)), y(point.score))
      pdf
        .strokeColor(lines[i] ?? ink)
        .lineWidth(1.4)
        .stroke()
    }
  })
  pdf.y = top + HEIGHT + 16
}

const days = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']

export function pdfOutages(pdf: Pdf, { outageTimes, timezone }: ReportData): void {
  const most = Math.max(...outageTimes.flat())
  const width = (WIDTH - LEFT) / 24
  const top = pdf.y
  pdf.font('Helvetica').fontSize(7).fillColor(faint)
  for (let hour = 0; hour < 24; hour++)
    line(pdf, String(hour).padStart(2, '0'), MARGIN + LEFT + hour * width, top, width, 'center')
  outageTimes.forEach((counts, day) => {
    const y = top + 10 + day * CELL
    pdf.fillColor(faint)
    line(pdf, days[day] ?? '', MARGIN, y + 4, LEFT)
    counts.forEach((count, hour) => {
      const x = MARGIN + LEFT + hour * width
      pdf.rect(x + 0.5, y + 0.5, width - 1, CELL - 1).fill(heat(count, most))
      if (count === 0) return
      pdf.fillColor(onHeat(count, most))
      line(pdf, String(count), x, y + 4, width, 'center')
    })
  })
  pdf.fillColor(faint)
  pdf.y = top + 12 + 7 * CELL
  line(pdf, `Outages by the weekday and hour at which they began, ${timezone}.`, MARGIN, pdf.y, WIDTH)
  pdf.y += 10
}

// Charts out of table cells, which every mail program shows: scores as coloured figures, outages as a map of the week.

import { html } from 'hono/html'
import { colourOf, faint, heat, lines, onHeat, paper, rule, shade } from './colours.ts'
import type { ReportData, ScoreLine } from './data.ts'
import { scoreText, timeText } from './text.ts'

/** A row of a phone's width has no more. */
const CELLS = { daily: 8, weekly: 7, monthly: 10 } as const
const days = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']

export function scoresCells({ worst, type, timezone, thresholds }: ReportData) {
  const cell = (points: ScoreLine['points']) => {
    const known = points.flatMap(({ score }) => score ?? [])
    const score = known.length === 0 ? null : known.reduce((sum, each) => sum + each, 0) / known.length
    const colour = score === null ? shade : colourOf(score, thresholds)
    return html`<td align="center" style="background:${colour};color:${score === null ? faint : paper};padding:5px 2px;border:1px solid ${paper};font-size:12px">${scoreText(score)}</td>`
  }
  const parts = CELLS[type]
  const of = ({ points }: ScoreLine) =>
    Array.from({ length: parts }, (_, i) =>
      points.slice((i * points.length) / parts, ((i + 1) * points.length) / parts),
    )
  const rows = worst.map(
    (line) =>
      html`<tr><td style="padding:5px 8px 5px 0;font-size:13px;white-space:nowrap">${line.account}</td>${of(line).map(cell)}</tr>`,
  )
  const first = worst[0]?.points[0]?.at
  const last = worst[0]?.points.at(-1)?.at
  return html`<table role="presentation" cellspacing="0" cellpadding="0" width="100%" style="border-collapse:collapse">${rows}</table>
<p style="margin:4px 0 0;font-size:12px;color:${faint}">Mean score of each part of the period, ${first ? timeText(first, timezone) : ''} to ${last ? timeText(last, timezone) : ''}.</p>`
}

export function scoresLegend({ worst, accounts }: ReportData) {
  return worst.map(({ account }, i) => {
    const health = accounts.find((each) => each.account === account)?.health
    return html`<span style="display:inline-block;margin:0 18px 4px 0;font-size:13px"><span style="display:inline-block;width:18px;height:3px;background:${lines[i]};vertical-align:middle"></span> ${account} <span style="color:${faint}">mean ${scoreText(health?.mean ?? null)}, lowest ${scoreText(health?.lowest ?? null)}</span></span>`
  })
}

export function outageMap({ outageTimes, timezone }: ReportData, reader: 'browser' | 'mail') {
  // On a phone a cell is thirteen points wide.
  const size = reader === 'mail' ? 8 : 10
  const most = Math.max(...outageTimes.flat())
  const hours = Array.from({ length: 24 }, (_, hour) => hour)
  const head = hours.map(
    (hour) =>
      html`<td align="center" style="font-size:10px;color:${faint};padding:1px">${hour % 3 === 0 ? String(hour).padStart(2, '0') : ''}</td>`,
  )
  const row = (counts: number[], i: number) =>
    html`<tr><td style="font-size:11px;color:${faint};padding-right:4px">${days[i]}</td>${counts.map(
      (count) =>
        html`<td align="center" style="width:4%;height:18px;font-size:${size}px;background:${heat(count, most)};color:${onHeat(count, most)};border:1px solid ${paper}">${count === 0 ? '' : count}</td>`,
    )}</tr>`
  return html`<table role="presentation" cellspacing="0" cellpadding="0" width="100%" style="border-collapse:collapse;table-layout:fixed"><tr><td style="width:32px"></td>${head}</tr>${outageTimes.map(row)}</table>
<p style="margin:4px 0 0;font-size:12px;color:${faint};border-color:${rule}">Outages by the weekday and hour at which they began, ${timezone}.</p>`
}

// The scores of a few accounts as a drawing for the browser; mail programs drop SVG, so they get cells instead (see html-charts.ts).

import { html } from 'hono/html'
import { faint, ink, lines, rule } from './colours.ts'
import type { ReportData, ScoreLine } from './data.ts'
import { dayMarks } from './marks.ts'

const WIDTH = 880
const HEIGHT = 200
const LEFT = 34
const RIGHT = 10
const TOP = 10
const BOTTOM = 24

export function scoresSvg({ from, until, timezone, worst, thresholds }: ReportData) {
  const start = Date.parse(from)
  const length = Date.parse(until) - start
  const x = (at: number): string => (LEFT + ((WIDTH - LEFT - RIGHT) * (at - start)) / length).toFixed(1)
  const y = (score: number): string => (HEIGHT - BOTTOM - ((HEIGHT - TOP - BOTTOM) * score) / 100).toFixed(1)
  const level = (score: number, dashes: string) => html`
    <line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(score)}" y2="${y(score)}" stroke="${rule}" stroke-dasharray="${dashes}"/>
    <text x="${LEFT - 6}" y="${y(score)}" dy="4" text-anchor="end" font-size="11" fill="${faint}">${score}</text>`
  const mark = ({ at, text }: { at: number; text: string }) => html`
    <line x1="${x(at)}" x2="${x(at)}" y1="${TOP}" y2="${HEIGHT - BOTTOM}" stroke="${rule}"/>
    <text x="${x(at)}" y="${HEIGHT - 8}" text-anchor="middle" font-size="11" fill="${faint}">${text}</text>`
  const draw = (line: ScoreLine, i: number) =>
    pieces(line).map(
      (piece) =>
        html`<polyline fill="none" stroke="${lines[i]}" stroke-width="2" points="${piece
          .map((point) => `${x(Date.parse(point.at))},${y(point.score)}`)
          .join(' ')}"/>`,
    )
  const levels = [...new Set([0, thresholds.unhealthyBelow, thresholds.healthyFrom, 100])]
  return html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="100%" role="img" aria-label="Scores over the period" style="display:block;font-family:inherit;color:${ink}">
${levels.map((score) => level(score, score === 0 || score === 100 ? '' : '4 3'))}
${dayMarks(start, start + length, timezone).map(mark)}
${worst.map(draw)}
</svg>`
}

interface Known {
  at: string
  score: number
}

/** A line is broken where nothing is known. */
export function pieces({ points }: ScoreLine): Known[][] {
  const found: Known[][] = [[]]
  for (const { at, score } of points)
    if (score !== null) found.at(-1)?.push({ at, score })
    else if (found.at(-1)?.length) found.push([])
  return found.filter((piece) => piece.length > 0)
}

// A dashboard as letters: each panel as a box in its place, so that the documentation shows what the JSON holds and nothing else.

import type { GridPos, Dashboard as Model } from '@grafana/grafana-foundation-sdk/dashboard'
import { columns } from './layout.ts'

/** Letters for each of Grafana's columns. */
const SCALE = 4

/** Lines of box-drawing letters, one for each row of Grafana's grid. */
export function draw({ panels = [] }: Model): string {
  const height = Math.max(0, ...panels.map(({ gridPos }) => (gridPos?.y ?? 0) + (gridPos?.h ?? 0)))
  const canvas = Array.from({ length: height }, () => Array<string>(columns * SCALE).fill(' '))
  for (const { gridPos, title = '', type } of panels) {
    if (!gridPos) continue
    if (type === 'row') write(canvas, gridPos.y, 0, `── ${title} `.padEnd(columns * SCALE, '─'))
    else box(canvas, gridPos, title, type)
  }
  return canvas.map((line) => line.join('').trimEnd()).join('\n')
}

function box(canvas: string[][], { x, y, w, h }: GridPos, title: string, type: string): void {
  const left = x * SCALE
  const inner = w * SCALE - 2
  write(canvas, y, left, `┌${'─'.repeat(inner)}┐`)
  for (let line = 1; line < h - 1; line++) write(canvas, y + line, left, `│${' '.repeat(inner)}│`)
  write(canvas, y + h - 1, left, `└${'─'.repeat(inner)}┘`)
  write(canvas, y + 1, left + 1, cut(title, inner))
  if (h > 3) write(canvas, y + 2, left + 1, cut(type, inner))
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`
}

function write(canvas: string[][], line: number, from: number, text: string): void {
  const letters = canvas[line]
  if (!letters) throw new Error(`line ${line} is outside of the drawing`)
  for (const [offset, letter] of [...text].entries()) letters[from + offset] = letter
}

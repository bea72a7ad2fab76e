// A table over as many pages as it needs, with its heads on each, and no row on two pages.

import { setImmediate as turn } from 'node:timers/promises'
import { faint, ink, rule, shade } from './colours.ts'
import { line, MARGIN, type Pdf, room, shown, WIDTH } from './pdf-page.ts'

export interface PdfColumn<R> {
  head: string
  /** In points; all of them are a page wide. */
  width: number
  right: boolean
  /** It may take several lines; others are cut off. */
  wraps?: boolean
  cell(row: R): string
  colour?(row: R): string
}

const SIZE = 7
const PAD = 3
/** Rows after which something else has its turn: a row is some twenty texts. */
const AT_ONCE = 5

export async function pdfTable<R>(
  pdf: Pdf,
  columns: readonly PdfColumn<R>[],
  rows: readonly R[],
): Promise<void> {
  head(pdf, columns)
  for (const [i, row] of rows.entries()) {
    if (i % AT_ONCE === 0) await turn()
    pdf.font('Helvetica').fontSize(SIZE)
    const height = heightOf(pdf, columns, row)
    if (room(pdf, height)) head(pdf, columns)
    const { y } = pdf
    if (i % 2 === 1) pdf.rect(MARGIN, y, WIDTH, height).fill(shade)
    pdf.font('Helvetica').fontSize(SIZE)
    across(columns, (column, x) => {
      pdf.fillColor(column.colour?.(row) ?? ink)
      const width = column.width - 2 * PAD
      if (column.wraps) pdf.text(shown(column.cell(row)), x + PAD, y + PAD, { width })
      else line(pdf, column.cell(row), x + PAD, y + PAD, width, column.right ? 'right' : 'left')
    })
    pdf.y = y + height
  }
}

function head<R>(pdf: Pdf, columns: readonly PdfColumn<R>[]): void {
  room(pdf, 3 * (SIZE + 2 * PAD))
  const { y } = pdf
  pdf.font('Helvetica-Bold').fontSize(SIZE).fillColor(faint)
  across(columns, ({ head: text, width, right }, x) =>
    line(pdf, text, x + PAD, y + PAD, width - 2 * PAD, right ? 'right' : 'left'),
  )
  const under = y + SIZE + 2 * PAD
  pdf
    .moveTo(MARGIN, under)
    .lineTo(MARGIN + WIDTH, under)
    .strokeColor(rule)
    .lineWidth(0.5)
    .stroke()
  pdf.y = under + 1
}

function heightOf<R>(pdf: Pdf, columns: readonly PdfColumn<R>[], row: R): number {
  const heights = columns.map(({ wraps, width, cell }) =>
    wraps ? pdf.heightOfString(shown(cell(row)), { width: width - 2 * PAD }) : SIZE,
  )
  return Math.max(...heights) + 2 * PAD
}

function across<R>(columns: readonly PdfColumn<R>[], draw: (column: PdfColumn<R>, x: number) => void): void {
  let x = MARGIN
  for (const column of columns) {
    draw(column, x)
    x += column.width
  }
}

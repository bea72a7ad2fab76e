// Pages of a PDF: a place to write on that moves down and goes on with a new page, and nothing that a built-in font cannot show.

import PDFDocument from 'pdfkit'
import { faint, ink, rule } from './colours.ts'

export const MARGIN = 36
/** Landscape A4, in points. */
export const WIDTH = 841.89 - 2 * MARGIN
const FOOT = 20

export type Pdf = InstanceType<typeof PDFDocument>

export function newPdf(title: string, at: Date): Pdf {
  return new PDFDocument({
    size: 'A4',
    layout: 'landscape',
    margin: MARGIN,
    // Numbers of pages are written when all of them are there.
    bufferPages: true,
    info: { Title: title, Author: 'Linda', CreationDate: at },
  })
}

/** The lowest place that may be written on. */
export function bottom(pdf: Pdf): number {
  return pdf.page.height - MARGIN - FOOT
}

/** Begins a new page unless so many points are left on this one. */
export function room(pdf: Pdf, points: number): boolean {
  if (pdf.y + points <= bottom(pdf)) return false
  pdf.addPage()
  pdf.y = MARGIN
  return true
}

/** One line, cut off where it would leave its box. */
export function line(
  pdf: Pdf,
  text: string,
  x: number,
  y: number,
  width: number,
  align: 'left' | 'right' | 'center' = 'left',
): void {
  const { y: before } = pdf
  pdf.text(fitting(pdf, shown(text), width), x, y, { width, align, lineBreak: false })
  pdf.y = before
}

/** @param needs points that what follows takes at least: a heading stands on its page */
export function heading(pdf: Pdf, text: string, needs: number): void {
  pdf.y += 12
  room(pdf, 30 + needs)
  pdf.font('Helvetica-Bold').fontSize(12).fillColor(ink).text(shown(text), MARGIN)
  pdf
    .moveTo(MARGIN, pdf.y + 1)
    .lineTo(MARGIN + WIDTH, pdf.y + 1)
    .strokeColor(rule)
    .lineWidth(0.5)
    .stroke()
  pdf.y += 6
}

/** Writes the number of each page, and answers the whole document. */
export async function finished(pdf: Pdf, foot: string): Promise<Uint8Array> {
  const { count } = pdf.bufferedPageRange()
  for (let page = 0; page < count; page++) {
    pdf.switchToPage(page)
    // Below the margin a text would begin a new page by itself.
    pdf.page.margins.bottom = 0
    pdf.font('Helvetica').fontSize(7).fillColor(faint)
    const y = pdf.page.height - MARGIN - 6
    line(pdf, foot, MARGIN, y, WIDTH - 100)
    line(pdf, `page ${page + 1} of ${count}`, MARGIN + WIDTH - 100, y, 100, 'right')
  }
  const chunks: Buffer[] = []
  const whole = new Promise<Uint8Array>((resolve, reject) => {
    pdf.on('data', (chunk: Buffer) => chunks.push(chunk))
    pdf.on('end', () => resolve(Buffer.concat(chunks)))
    pdf.on('error', reject)
  })
  pdf.end()
  return whole
}

/** The built-in fonts know Western European letters. */
export function shown(text: string): string {
  return text.replace(/[^\x20-\x7e\xa0-\xff]/g, '?')
}

function fitting(pdf: Pdf, text: string, width: number): string {
  if (pdf.widthOfString(text) <= width) return text
  let fits = text
  while (fits.length > 1 && pdf.widthOfString(`${fits}..`) > width) fits = fits.slice(0, -1)
  return `${fits}..`
}

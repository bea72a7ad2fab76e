// A report in whatever form is asked for: one function type, a file for each.

import type { ReportFormat, ReportType } from '../../words.ts'
import { csv } from './csv.ts'
import type { ReportData } from './data.ts'
import { html } from './html.ts'
import { json } from './json.ts'
import { pdf } from './pdf.ts'

/** Draws a report; the bytes are a whole document. */
export type Renderer = (report: ReportData) => Promise<Uint8Array>

export interface Format {
  render: Renderer
  mediaType: string
}

export const formats = {
  json: { render: json, mediaType: 'application/json' },
  html: { render: html, mediaType: 'text/html; charset=utf-8' },
  pdf: { render: pdf, mediaType: 'application/pdf' },
  csv: { render: csv, mediaType: 'text/csv; charset=utf-8; header=present' },
} as const satisfies Record<ReportFormat, Format>

/** `linda-weekly-2026-11-20.pdf`: the type and the day on which the period ends. */
export function fileName(type: ReportType, until: string, format: ReportFormat): string {
  return `linda-${type}-${until.slice(0, 10)}.${format}`
}

// A report as JSON: everything, as it is.

import type { ReportData } from './data.ts'

export async function json(report: ReportData): Promise<Uint8Array> {
  return Buffer.from(`${JSON.stringify(report)}\n`)
}

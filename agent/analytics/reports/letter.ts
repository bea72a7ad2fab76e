// A report as one mail: HTML with a plain text beside it, and the documents that are wanted as attachments.

import { randomUUID } from 'node:crypto'
import type { ReportFormat } from '../../words.ts'
import { titleOf } from './columns.ts'
import type { ReportData } from './data.ts'
import { mailHtml } from './html.ts'
import { plain } from './plain.ts'
import { fileName, formats } from './render.ts'
import { timeText } from './text.ts'

export interface Letter {
  from: string
  to: string[]
  subject: string
  messageId: string
  /** A machine wrote it: nobody's absence note is wanted. */
  headers: Record<string, string>
  text: string
  html: string
  attachments: { filename: string; content: Buffer; contentType: string }[]
}

export async function letterOf(
  report: ReportData,
  { from, to, attach }: { from: string; to: readonly string[]; attach: readonly ReportFormat[] },
): Promise<Letter> {
  const attachments: Letter['attachments'] = []
  for (const name of new Set(attach)) {
    const { render, mediaType } = formats[name]
    attachments.push({
      filename: fileName(report.type, report.until, name),
      content: Buffer.from(await render(report)),
      contentType: mediaType,
    })
  }
  return {
    from,
    to: [...to],
    subject: `Linda: ${titleOf(report).toLowerCase()} to ${timeText(report.until, report.timezone)}`,
    messageId: `<${randomUUID()}@${from.slice(from.indexOf('@') + 1)}>`,
    headers: { 'auto-submitted': 'auto-generated' },
    text: plain(report),
    html: await mailHtml(report),
    attachments,
  }
}

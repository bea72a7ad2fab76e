// `linda report`: a report on the screen, in a file, or sent to who is configured.

import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { ReportData } from '../analytics/reports/data.ts'
import { plain } from '../analytics/reports/plain.ts'
import { AskError, askAgent } from './agent-api.ts'
import { answering, askJson } from './answering.ts'
import type { CommandIo } from './io.ts'

export interface ReportOptions {
  /** Tables for people where it is absent. */
  format?: string | undefined
  out?: string | undefined
  account: readonly string[]
  until?: string | undefined
  send: boolean
}

/** A report of a big fleet from a slow history, in milliseconds. */
const WITHIN_MS = 6 * 60_000

/** Status 1 when the agent does not answer or the file cannot be written, 2 when the agent refuses or the options do not fit. */
export async function report(type: string, options: ReportOptions, io: CommandIo): Promise<number> {
  const { format, out, account, until, send } = options
  const mistake = mistakeIn(options, io)
  if (mistake) {
    io.err(`${mistake}\n`)
    return 2
  }
  const path = `/api/reports/${encodeURIComponent(type)}`
  if (send)
    return answering(io, async () => {
      await askJson(`${path}/send`, io, { method: 'POST' })
      return `the ${type} report is being sent; how it ends is in the log (report.sent, report.failed)\n`
    })
  const query = new URLSearchParams({
    format: format ?? 'json',
    ...(account.length > 0 && { phones: account.join(',') }),
    ...(until !== undefined && { until }),
  })
  return answering(io, async () => {
    const answer = await askAgent(`${path}?${query}`, io, { timeoutMs: WITHIN_MS })
    const bytes = new Uint8Array(await answer.arrayBuffer())
    const shown = format === undefined ? Buffer.from(plain(read(bytes))) : bytes
    if (out === undefined) return Buffer.from(shown).toString('utf8')
    await write(resolve(io.cwd, out), shown)
    io.err(`wrote ${out}\n`)
    return ''
  })
}

function mistakeIn({ format, out, account, until, send }: ReportOptions, io: CommandIo): string | null {
  if (send && (format !== undefined || out !== undefined || account.length > 0 || until !== undefined))
    return '--send: found it with other options, allowed: alone, because what is sent is what is configured'
  if (format === 'pdf' && out === undefined)
    return '--out: found nothing, allowed: the path of a new file, because a PDF is no text'
  if (out !== undefined && existsSync(resolve(io.cwd, out)))
    return `--out: found ${out}, which exists, allowed: the path of a new file`
  return null
}

function read(bytes: Uint8Array): ReportData {
  try {
    const report = JSON.parse(Buffer.from(bytes).toString('utf8')) as ReportData
    if (Array.isArray(report.accounts)) return report
  } catch {
    // said below
  }
  throw new AskError('cannot read the report: what answers there is no Linda', 1)
}

async function write(file: string, bytes: Uint8Array): Promise<void> {
  try {
    // Never over another file, and nobody else's to read: it may have phone numbers in it.
    await writeFile(file, bytes, { flag: 'wx', mode: 0o600 })
  } catch (error) {
    throw new AskError(`cannot write ${file}: ${(error as Error).message}`, 1)
  }
}

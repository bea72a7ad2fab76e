// The PDF is one that other programs can read, with the heads of its table on every page and nobody left out.

import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { ReportData } from '../../../../agent/analytics/reports/data.ts'
import { pdf } from '../../../../agent/analytics/reports/pdf.ts'
import { temporaryFolder } from '../../store/folder.ts'
import { filledReport, spoiled } from './documents.ts'

const hasPoppler = spawnSync('pdftotext', ['-v']).error === undefined

/** The text of each page. */
async function pagesOf(report: ReportData): Promise<string[]> {
  const file = join(temporaryFolder(), 'report.pdf')
  writeFileSync(file, await pdf(report))
  const { stdout, stderr, status } = spawnSync('pdftotext', ['-layout', file, '-'], { encoding: 'utf8' })
  expect([status, stderr]).toEqual([0, ''])
  return stdout.split('\f').slice(0, -1)
}

it('begins and ends as a PDF does', async () => {
  const bytes = Buffer.from(await pdf(await filledReport({ accounts: 2 })))
  expect([bytes.subarray(0, 5).toString(), bytes.subarray(-6).toString().trim()]).toEqual(['%PDF-', '%%EOF'])
})

it.skipIf(!hasPoppler)('a hundred accounts stand in it once each, under heads on every page', async () => {
  const report = await filledReport({ accounts: 100 })
  const pages = await pagesOf(report)
  expect(pages.length).toBeGreaterThan(3)
  for (const [i, page] of pages.entries()) expect(page).toContain(`page ${i + 1} of ${pages.length}`)
  expect(pages[0]).toContain('Fri, 13 Nov 2026, 11:00 to Fri, 20 Nov 2026, 11:00, Asia/Dubai')
  const rows = pages.filter((page) => /Account +Phone +Pool/.test(page))
  expect(rows.length).toBeGreaterThan(2)
  const all = rows.join('\n')
  for (const { account, phone } of report.accounts)
    expect(
      all.split('\n').filter((line) => line.includes(account.padEnd(8)) && line.includes(phone)),
    ).toHaveLength(1)
})

it.skipIf(!hasPoppler)(
  'texts that are too long or that its letters cannot show stay in their boxes',
  async () => {
    const report = await filledReport({ accounts: 4 })
    const [page = ''] = await pagesOf(spoiled(report, `${'long-name-'.repeat(30)}\n\u202e\u4f60`))
    expect(page).toContain('long-name-')
    expect(page).toContain('Weekly report')
  },
)

it.skipIf(!hasPoppler)('a period without a history is one page that says so', async () => {
  const pages = await pagesOf(await filledReport({ accounts: 3, weeks: 0 }))
  expect(pages).toHaveLength(1)
  expect(pages[0]).toContain('There is no history of this period')
  expect(pages[0]).not.toMatch(/Mean score|Outages\n/)
})

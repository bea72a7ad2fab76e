// No text gets out of its place in the page, a mail is short enough for every mail program, and what is not known is no zero.

import { expect, it } from 'vitest'
import type { AccountReport } from '../../../../agent/analytics/reports/data.ts'
import { html, mailHtml } from '../../../../agent/analytics/reports/html.ts'
import { plain } from '../../../../agent/analytics/reports/plain.ts'
import { hasBrowser, openBrowser } from '../../../harness/browser.ts'
import { filledReport, spoiled } from './documents.ts'

/** Runs in the page. */
const look = `({
  width: document.documentElement.scrollWidth,
  over: [...document.querySelectorAll('div, td, p, h1, h2')]
    .filter((each) => getComputedStyle(each).overflowX === 'visible' && each.clientWidth > 0 && each.scrollWidth > each.clientWidth + 1)
    .map((each) => each.textContent.slice(0, 60)),
})`

/** Gmail cuts a mail off here, in bytes. */
const GMAIL = 102 * 1024

it('escapes every text, in the browser and in the mail', async () => {
  const hostile = `<script>alert("1")</script><img src=x onerror='alert(2)'>&amp;" onload="x`
  const report = spoiled(await filledReport({ accounts: 4 }), hostile)
  for (const page of [Buffer.from(await html(report)).toString(), await mailHtml(report)]) {
    expect(page).not.toMatch(/<script|<img|"1"|onerror='/)
    expect(page).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;')
    expect(page).toContain('&amp;amp;&quot; onload=')
  }
})

it('asks nobody for anything: no address, no style sheet, no script', async () => {
  const page = Buffer.from(await html(await filledReport({ accounts: 4 }))).toString()
  expect(page.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|<link|<script|url\(|<style/)
})

it('the mail has cells where the browser has a drawing, and is short for a thousand accounts too', async () => {
  const report = await filledReport({ accounts: 10 })
  const accounts = Array.from({ length: 1_000 }, (_, i) => {
    const account = `${'long-'.repeat(5)}uae-${1_000 + i}`
    const issues = report.accounts[3]?.issues.map((issue) => ({
      ...issue,
      issue: 'FREQUENT_QR_REGENERATIONS',
    }))
    return { ...report.accounts[3], account, issues } as AccountReport
  })
  const notes = Array.from({ length: 5 }, () => 'a note '.repeat(30))
  const [page, mail] = [
    Buffer.from(await html(report)).toString(),
    await mailHtml({ ...report, accounts, notes }),
  ]
  expect([page.includes('<svg'), mail.includes('<svg')]).toEqual([true, false])
  expect(mail).toContain('Mean score of each part of the period')
  expect(Buffer.byteLength(mail)).toBeLessThan(GMAIL)
  expect(mail).toContain('These are the 25 with the lowest mean scores; 975 more are not shown here.')
})

it('a period without a history says so and shows no figures', async () => {
  const report = await filledReport({ accounts: 3, weeks: 0 })
  for (const text of [Buffer.from(await html(report)).toString(), await mailHtml(report), plain(report)]) {
    expect(text).toContain('There is no history of this period')
    expect(text).not.toMatch(/Outages<\/h2>|Mean score|There were none/)
  }
})

it('without accounts there is a page all the same', async () => {
  const report = {
    ...(await filledReport({ accounts: 1, weeks: 0 })),
    accounts: [],
    notes: ['There are no accounts.'],
  }
  expect(Buffer.from(await html(report)).toString()).toContain('There are no accounts.')
  expect(plain(report)).toContain('There are no accounts.')
})

it('plain text has the figures, the change and the accounts', async () => {
  const text = plain(await filledReport({ accounts: 8 }))
  expect(text).toMatch(
    /^Weekly report of the fleet, Fri,? 13 Nov 2026,? 11:00 to Fri,? 20 Nov 2026,? 11:00 \(Asia\/Dubai\)\n/,
  )
  expect(text).toMatch(/\nMean score +\d\d\.\d +([+-]\d+\.\d|=)\n/)
  expect(text).toMatch(/\nuae-4 +reconnect loop +high +2 /)
  expect(text).toMatch(/\negypt-3 +\d+ +\d+ +\d+ +\d\d\.\d\d% +5 /)
})

it.skipIf(!hasBrowser)(
  'on a phone nothing sticks out of the page, and nothing lies over anything else',
  async () => {
    const report = await filledReport({ accounts: 10 })
    const browser = await openBrowser()
    try {
      for (const [width, text] of [
        [390, await mailHtml(report)],
        [1_200, Buffer.from(await html(report)).toString()],
      ] as const) {
        const page = await browser.newPage({ viewport: { width, height: 800 } })
        await page.setContent(text)
        // What is longer than its box is cut off or lies over its neighbour; tables may be moved sideways.
        const seen = await page.evaluate(look)
        expect(seen).toEqual({ width, over: [] })
      }
    } finally {
      await browser.close()
    }
  },
)

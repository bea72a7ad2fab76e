// The CSV is read back as it was meant by any reader of RFC 4180, and no cell of it is a formula for a spreadsheet.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { csv } from '../../../../agent/analytics/reports/csv.ts'
import { filledReport, spoiled } from './documents.ts'

/** Rows of cells, by the letter of RFC 4180. */
function read(text: string): string[][] {
  const rows: string[][] = []
  const cell = /("(?:[^"]|"")*"|[^",\r\n]*)(,|\r\n)/gy
  let row: string[] = []
  for (;;) {
    const at = cell.lastIndex
    const [whole, content = '', end] = cell.exec(text) ?? []
    if (whole === undefined) throw new Error(`no RFC 4180 at ${at}: ${text.slice(at, at + 40)}`)
    row.push(content.startsWith('"') ? content.slice(1, -1).replaceAll('""', '"') : content)
    if (end === '\r\n') {
      rows.push(row)
      row = []
      if (cell.lastIndex === text.length) return rows
    }
  }
}

it('has a head and a row for each account, with plain figures in ASCII and no mark before them', async () => {
  const report = await filledReport({ accounts: 8 })
  const bytes = await csv(report)
  expect(bytes.every((byte) => byte < 0x80)).toBe(true)
  const [head = [], ...rows] = read(Buffer.from(bytes).toString())
  expect([head[0], rows.length]).toEqual(['report', 8])
  const third = Object.fromEntries(head.map((name, i) => [name, rows[3]?.[i]]))
  const { recovery, health } = report.accounts[3] ?? {}
  expect(third).toMatchObject({
    report: 'weekly',
    until: '2026-11-20T07:00:00.000Z',
    account: 'uae-4',
    phone: "'+971*******03",
    has_history: 'yes',
    outages: String(recovery?.outages),
    score_mean: String(Number(health?.mean?.toFixed(2))),
    mean_time_to_recovery_seconds: String(Number(((recovery?.meanTimeToRecovery ?? 0) / 1_000).toFixed(3))),
    messages_acknowledged: '',
  })
  expect(third.issues).toContain('RECONNECT_LOOP')
})

it('an account without a history has empty cells, not zeros', async () => {
  const report = await filledReport({ accounts: 1, scores: 0, changes: 0, weeks: 0 })
  const [head = [], row = []] = read(Buffer.from(await csv(report)).toString())
  const cells = Object.fromEntries(head.map((name, i) => [name, row[i]]))
  expect(cells).toMatchObject({ has_history: 'no', outages: '', qr_scans: '', failovers: '', score: '' })
})

it('a cell that begins like a formula gets an apostrophe, whatever is in it; others come back as they are', async () => {
  const report = await filledReport({ accounts: 4 })
  const begins = fc.constantFrom('=', '+', '-', '@', '\t', '\r', '"', ',', '', 'a')
  const text = fc.tuple(begins, fc.string({ unit: 'grapheme' })).map(([first, rest]) => first + rest)
  await fc.assert(
    fc.asyncProperty(text, async (hostile) => {
      const [head = [], ...rows] = read(Buffer.from(await csv(spoiled(report, hostile))).toString())
      for (const row of rows) {
        expect(row).toHaveLength(head.length)
        for (const cell of row) if (Number.isNaN(Number(cell))) expect(cell).not.toMatch(/^[=+\-@\t\r]/)
        expect([hostile, `'${hostile}`]).toContain(row[head.indexOf('account')])
      }
    }),
  )
})

// How long a weekly report of a hundred accounts takes: reading and counting, and drawing it in each form.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { makeReport } from '../../agent/analytics/reports/make.ts'
import { fileName, formats } from '../../agent/analytics/reports/render.ts'
import { table } from '../../agent/cli/table.ts'
import { Bus } from '../../agent/events.ts'
import { embeddedHistory } from '../../agent/history/embedded.ts'
import { migrate } from '../../agent/store/migrations.ts'
import { openStore } from '../../agent/store/open.ts'
import { reportFormats } from '../../agent/words.ts'
import { fill, listedAccounts, realistic } from '../unit/analytics/reports/filled.ts'

/** Longest that nothing else had a turn beside the time that the work took, in milliseconds. */
async function timed<T>(work: () => Promise<T>): Promise<{ value: T; ms: number; heldMs: number }> {
  const held = monitorEventLoopDelay({ resolution: 1 })
  held.enable()
  const startedAt = performance.now()
  const value = await work()
  const ms = performance.now() - startedAt
  await new Promise((resolve) => setTimeout(resolve, 5))
  held.disable()
  return { value, ms, heldMs: held.max / 1e6 }
}

/** Writes the documents to LINDA_BENCH_OUT when that is set, to be looked at. */
export async function benchReports(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-reports-'))
  const bus = new Bus('bench')
  const sql = await openStore(`sqlite:${join(folder, 'linda.db')}`, bus)
  const out = process.env.LINDA_BENCH_OUT
  try {
    await migrate(sql)
    const history = embeddedHistory(sql)
    const now = Date.now()
    const events = await fill(history, { ...realistic, until: now })
    const parts = {
      history,
      accounts: async () => listedAccounts(realistic.accounts),
      live: () => null,
      timezone: 'Asia/Dubai',
      phones: 'masked',
      thresholds: { healthyFrom: 80, unhealthyBelow: 60 },
    } as const
    const rows: string[][] = []
    const row = (
      what: string,
      { ms, heldMs }: { ms: number; heldMs: number },
      bytes: number | null,
    ): void => {
      rows.push([what, ms.toFixed(0), heldMs.toFixed(0), bytes === null ? '-' : (bytes / 1024).toFixed(0)])
    }
    const made = await timed(() => makeReport(parts, { type: 'weekly', until: now }, now))
    row(`data, ${realistic.accounts} accounts, ${events} events`, made, null)
    row('data again', await timed(() => makeReport(parts, { type: 'weekly', until: now }, now)), null)
    if (out) mkdirSync(out, { recursive: true })
    for (const name of reportFormats) {
      const drawn = await timed(() => formats[name].render(made.value))
      row(name, drawn, drawn.value.length)
      if (out) writeFileSync(join(out, fileName('weekly', made.value.until, name)), drawn.value)
    }
    return table(['what', 'ms', 'longest turn ms', 'KiB'], rows, { right: ['ms', 'longest turn ms', 'KiB'] })
  } finally {
    await sql.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

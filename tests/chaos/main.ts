// `npm run chaos`: picks the run, shows its progress, prints its report, however far the run came, and exits 1 when there was any violation.

import { runDashboards } from './dashboards/run.ts'
import { runFailover } from './failover/run.ts'
import { runIncidents } from './incidents/run.ts'
import { type ChaosOptions, readOptions } from './options.ts'
import { runPaging } from './paging/run.ts'
import { asJson, asTable, type Report } from './report.ts'
import { runState } from './state/run.ts'

/** Called after every round; the words go on one line. */
export type OnProgress = (done: number, words: string) => void

const chaos: Record<string, (options: ChaosOptions, progress: OnProgress) => Promise<Report>> = {
  dashboards: runDashboards,
  failover: runFailover,
  incidents: runIncidents,
  paging: runPaging,
  state: runState,
}

const options = readOptions(process.argv.slice(2), Object.keys(chaos))
const startedAt = Date.now()
const live = process.stderr.isTTY === true
const progress: OnProgress = (done, words) => {
  const seconds = Math.round((Date.now() - startedAt) / 1000)
  const line = `${options.name} ${done}/${options.runs}, ${seconds} s: ${words}`
  if (live) process.stderr.write(`\r\x1b[2K${line}`)
  else if (done % 10 === 0 || done === options.runs) process.stderr.write(`${line}\n`)
}
const run = chaos[options.name] as (typeof chaos)[string]
const report = await run(options, progress).catch((error: Error): Report => {
  const { name, runs, seed } = options
  return { name, runs, seed, violations: [`broken off: ${error.message}`], figures: {} }
})
if (live) process.stderr.write('\n')
process.stdout.write(options.json ? asJson(report) : asTable(report))
process.exitCode = report.violations.length === 0 ? 0 : 1
// Correspondents that were cut off in the middle leave timers behind.
process.exit()

// `npm run chaos`: picks the run, shows its progress, prints its report, and exits 1 when there was any violation.

import { type ChaosOptions, readOptions } from './options.ts'
import { asJson, asTable, type Report } from './report.ts'
import { runState } from './state/run.ts'

/** Called after every round; the words go on one line. */
export type OnProgress = (done: number, words: string) => void

const chaos: Record<string, (options: ChaosOptions, progress: OnProgress) => Promise<Report>> = {
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
try {
  const run = chaos[options.name]
  if (!run) throw new Error(`no chaos run ${options.name}`)
  const report = await run(options, progress)
  if (live) process.stderr.write('\n')
  process.stdout.write(options.json ? asJson(report) : asTable(report))
  process.exitCode = report.violations.length === 0 ? 0 : 1
} catch (error) {
  process.stderr.write(`\n${(error as Error).stack}\n`)
  process.exitCode = 1
}
// Correspondents that were cut off in the middle leave timers behind.
process.exit()

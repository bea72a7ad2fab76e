// From an event to a telephone, with everything in between being the real thing: how long it takes, and that no fault on the way leaves anybody untold.

import type { OnProgress } from '../main.ts'
import type { ChaosOptions } from '../options.ts'
import type { Report } from '../report.ts'
import { type Deaths, killWatched } from './deaths.ts'
import { sufferFaults } from './faults.ts'
import { quantile, tableOf, withinMs } from './figures.ts'
import { measureLatency } from './latency.ts'

/** `runs` failed regenerations and as many lost connections on shipped times, `runs` faults, then the deaths. */
export async function runPaging({ name, runs, seed }: ChaosOptions, progress: OnProgress): Promise<Report> {
  const latency = await measureLatency(runs, seed, (done) => progress(done, 'latency'))
  const faults = await sufferFaults(runs, (done, what) => progress(Math.min(done, runs), `faults: ${what}`))
  // What was measured until then is told, whatever happens here.
  const deaths = await killWatched().catch(
    (error: Error): Deaths => ({ figures: {}, violations: [`deaths: broken off: ${error.message}`] }),
  )
  progress(runs, 'deaths')
  const ms = latency.took.flatMap((each) => each.ms ?? [])
  const p95 = quantile(ms, 0.95)
  const missed = latency.took.length - ms.length + faults.missed
  const tookTable = tableOf(latency.took)
  const slow = Object.entries(tookTable).flatMap(([row, { p95_ms }]) =>
    (p95_ms ?? 0) > withinMs ? [`${row}: 95 in 100 took up to ${p95_ms} ms`] : [],
  )
  return {
    name,
    runs,
    seed,
    violations: [
      ...(latency.took.length === ms.length
        ? []
        : [`${latency.took.length - ms.length} notifications never came`]),
      ...slow,
      ...(latency.duplicates > latency.possibleDuplicates
        ? [`${latency.duplicates} duplicates where nothing failed`]
        : []),
      ...faults.violations,
      ...deaths.violations,
    ],
    figures: {
      p95_ms: p95 ?? 'none came',
      missed,
      duplicates: latency.duplicates + faults.duplicates,
      possible_duplicates: latency.possibleDuplicates + faults.possibleDuplicates,
      ...deaths.figures,
    },
    tables: { latency: tookTable, faults: faults.table },
  }
}

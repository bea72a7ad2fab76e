// Cases of the alert on memory, which looks back for seven hours.

import { ji, of, type Trials } from './case.ts'

const rss = of('process_resident_memory_bytes')
/** Six hours at 400 MB, then 600 MB, by the minute. */
const grew = { [rss]: '400e6x420 600e6x300', [of('process_start_time_seconds')]: '0x720' }
const same = { ...grew, [of('linda_leases_held')]: '5x720' }

export const agentHoursCases: Trials = {
  MemoryGrowing: {
    fires: { series: same, every: '1m', at: '10h', told: [{ labels: ji, value: '572.2Mi' }] },
    quiet: [
      // With more accounts it may.
      { series: { ...grew, [of('linda_leases_held')]: '5x420 9x300' }, every: '1m', at: '10h' },
      // After a start it must.
      { series: { ...same, [of('process_start_time_seconds')]: '14400x720' }, every: '1m', at: '10h' },
    ],
    missing: { series: grew, every: '1m', at: '10h' },
  },
}

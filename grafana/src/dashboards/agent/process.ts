// What an agent costs: time, memory, connections.

import { thresholds } from '../../../../prometheus/src/thresholds.ts'
import { rising } from '../../look/colours.ts'
import { sessionBytes } from '../../look/limits.ts'
import { lines } from '../../panels/graphs.ts'
import { ofAgents } from '../../queries/agents.ts'
import { range } from '../../queries/query.ts'
import { agent } from '../../queries/selectors.ts'

const ofProcess = (metric: string): string => ofAgents(agent(metric))
const spent = (by: string, metric: string): string =>
  `sum by (${by}) ${ofAgents(`rate(${agent(metric)}[$__rate_interval])`)}`

export const processes = [
  lines({
    title: 'Event loop delay',
    what: 'Delay of the event loop, mean and 99%, by agent.',
    whenBad: 'steady and high is too much work; single peaks are garbage collection or a disk.',
    width: 8,
    unit: 's',
    steps: rising(thresholds.eventLoop / 2, thresholds.eventLoop),
    limits: true,
    noValue: 'no agent answers',
    queries: [
      range('{{instance}} 99%', ofProcess('nodejs_eventloop_lag_p99_seconds')),
      range('{{instance}} mean', ofProcess('nodejs_eventloop_lag_mean_seconds')),
    ],
  }),
  lines({
    title: 'Garbage collection',
    what: 'Share of the time that is spent collecting, by agent and kind.',
    whenBad: 'major above 5% is a heap that is nearly full.',
    width: 8,
    unit: 'percentunit',
    noValue: 'nothing collected',
    queries: [range('{{instance}} {{kind}}', spent('instance, kind', 'nodejs_gc_duration_seconds_sum'))],
  }),
  lines({
    title: 'CPU',
    what: 'Cores that each agent uses.',
    whenBad: 'near 1 the event loop is the limit: more agents, not more cores.',
    width: 8,
    unit: 'none',
    softMax: 1,
    noValue: 'no agent answers',
    queries: [range('{{instance}}', spent('instance', 'process_cpu_seconds_total'))],
  }),
  lines({
    title: 'Memory',
    what: 'Resident memory, heap in use and memory outside the heap, by agent.',
    whenBad: 'heap that grows for hours at the same number of sessions is a leak: see MemoryGrowing.',
    width: 8,
    unit: 'bytes',
    noValue: 'no agent answers',
    queries: [
      range('{{instance}} resident', ofProcess('process_resident_memory_bytes')),
      range('{{instance}} heap', ofProcess('nodejs_heap_size_used_bytes')),
      range('{{instance}} external', ofProcess('nodejs_external_memory_bytes')),
    ],
  }),
  lines({
    title: 'Cost of a session',
    what: 'Resident memory divided by the sessions held, by agent.',
    whenBad: 'it should fall as sessions are added and then stay flat.',
    width: 8,
    unit: 'bytes',
    steps: rising(sessionBytes, 10 * sessionBytes),
    noValue: 'holds no session',
    queries: [
      range(
        '{{instance}}',
        `${agent('process_resident_memory_bytes')} / (${agent('linda_leases_held')} > 0)`,
      ),
    ],
  }),
  lines({
    title: 'Connecting',
    what: 'Connections being opened, the limit of them, and sessions that wait for their turn.',
    whenBad: 'a queue that does not shrink: dialling fails, or connect_concurrency is too low for the fleet.',
    width: 8,
    unit: 'none',
    noValue: 'no agent answers',
    queries: [
      range('opening', `sum(${agent('linda_connects_opening')})`),
      range('waiting', `sum(${agent('linda_connects_waiting')})`),
      range('limit', `sum(${agent('linda_connects_limit')})`),
    ],
  }),
]

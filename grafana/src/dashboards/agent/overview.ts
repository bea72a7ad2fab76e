// Which agents there are, and whether they keep up.

import { thresholds } from '../../../../prometheus/src/thresholds.ts'
import { plain, rising } from '../../look/colours.ts'
import { upDown } from '../../look/mappings.ts'
import { figure } from '../../panels/figures.ts'
import { table } from '../../panels/table.ts'
import { agentsUp, ofAgents } from '../../queries/agents.ts'
import { range, rows } from '../../queries/query.ts'
import { agent } from '../../queries/selectors.ts'

export const head = [
  table({
    title: 'Agents',
    what: 'Every agent: whether it answers, its versions, how long it has run, how many sessions it holds.',
    whenBad:
      'one that does not answer takes its sessions with it: read its log and `linda status` of the others.',
    width: 14,
    height: 7,
    noValue: 'no agent is known',
    join: 'instance',
    queries: [
      rows('up', `max by (instance) (${agentsUp})`),
      rows(
        'build',
        `max by (instance, version, node_version, baileys_version) (${agent('linda_build_info')})`,
      ),
      rows('age', `max by (instance) (time() - ${ofAgents(agent('process_start_time_seconds'))})`),
      rows('sessions', `max by (instance) (${agent('linda_leases_held')})`),
      rows('store', `min by (instance) (${agent('linda_store_up')})`),
    ],
    columns: [
      { from: 'instance', name: 'Agent' },
      { from: 'Value #A', name: 'Up', mappings: upDown, cell: 'background', size: 70 },
      { from: 'Value #E', name: 'Store', mappings: upDown, cell: 'background', size: 70 },
      { from: 'version', name: 'Linda' },
      { from: 'node_version', name: 'Node' },
      { from: 'baileys_version', name: 'Baileys' },
      { from: 'Value #C', name: 'Runs for', unit: 's', decimals: 0 },
      { from: 'Value #D', name: 'Sessions', decimals: 0 },
    ],
  }),
  figure({
    title: 'Event loop',
    what: 'Delay of the event loop that 99% do not exceed, at the slowest agent.',
    whenBad:
      'above a quarter of a second signs of life are looked at too late: fewer accounts, or a bigger machine.',
    width: 5,
    height: 7,
    unit: 's',
    decimals: 3,
    steps: rising(thresholds.eventLoop / 2, thresholds.eventLoop),
    noValue: 'no agent answers',
    trend: true,
    queries: [range('99%', `max(${ofAgents(agent('nodejs_eventloop_lag_p99_seconds'))})`)],
  }),
  figure({
    title: 'Memory per session',
    what: 'Resident memory divided by the sessions held, at the most expensive agent. An agent with few sessions pays for itself.',
    whenBad: 'a rise at the same number of sessions is a leak: see MemoryGrowing.',
    width: 5,
    height: 7,
    unit: 'bytes',
    decimals: 1,
    // Of an agent with a handful of accounts nearly all is the process itself.
    steps: plain,
    noValue: 'holds no session',
    trend: true,
    queries: [
      range(
        'per session',
        `max(${agent('process_resident_memory_bytes')} / (${agent('linda_leases_held')} > 0))`,
      ),
    ],
  }),
]

// The agent itself: whether it is there, turns, keeps its memory and says no more than it should.

import type { Alert } from '../alert.ts'
import { agents, grown, me } from '../promql.ts'
import { thresholds } from '../thresholds.ts'

const { eventLoop, memory, restarts, series, traps, refused } = thresholds
const rss = `process_resident_memory_bytes{${agents}}`

/** It hushes what its accounts would escalate to, so it has to escalate itself. */
const agentDown = (['1', '2'] as const).map(
  (tier, index): Alert => ({
    name: 'AgentDown',
    tier,
    severity: 'critical',
    // One series for each configured target, so each of several agents is told of by itself.
    expr: `up{${agents}} == 0`,
    for: thresholds.agentDown[index] as string,
    summary: 'An agent does not answer.',
    description: 'Agent {{ $labels.instance }} of {{ $labels.job }} has not answered: `up` is {{ $value }}.',
    action: 'Look at the process and its log; its sessions are down until it runs.',
    dashboard: 'agent',
  }),
)

export const agent: readonly Alert[] = [
  ...agentDown,
  {
    name: 'AgentAbsent',
    severity: 'critical',
    // AgentDown needs a target; without any there is no series that could be 0.
    expr: `absent(up{${agents}})`,
    for: '2m',
    summary: 'Prometheus has no agent to scrape.',
    description: 'No target of the job {{ $labels.job }} exists: `absent` is {{ $value }}.',
    action: 'Put the agents into prometheus/targets/agents.yml; nothing else is watched until then.',
    dashboard: 'agent',
  },
  {
    name: 'AgentRestarting',
    severity: 'warning',
    // The start time itself: `up` may miss a restart between two scrapes, and a gap is no change.
    expr: `changes(process_start_time_seconds{${agents}}[15m]) > ${restarts}`,
    keepFiringFor: '5m',
    summary: 'An agent starts again and again.',
    description: 'Agent {{ $labels.instance }} started {{ $value | humanize }} times within 15 minutes.',
    action: 'Read the last lines before each start: memory, the store or the configuration.',
    dashboard: 'agent',
  },
  {
    name: 'EventLoopBlocked',
    severity: 'warning',
    expr: `nodejs_eventloop_lag_p99_seconds{${agents}} > ${eventLoop}`,
    for: '3m',
    summary: 'An agent answers late because its event loop is held up.',
    description: 'Event loop of {{ $labels.instance }}: 99th percentile {{ $value | humanizeDuration }}.',
    action: 'Look at the CPU of the machine and the number of accounts of this agent.',
    dashboard: 'agent',
  },
  {
    name: 'MemoryGrowing',
    severity: 'warning',
    // Averages, because the collector makes a saw of it. The comparison needs seven hours of the same process: after a start memory
    // grows with the sessions that open, and with more accounts it may.
    expr: `avg_over_time(${rss}[1h]) > ${memory.growth} * avg_over_time(${rss}[1h] offset 6h)
  and avg_over_time(${rss}[1h]) > ${memory.fewest}
  and on (job, instance) process_start_time_seconds < time() - 28800
  and on (job, instance) (linda_leases_held <= linda_leases_held offset 6h)`,
    for: '30m',
    summary: 'The memory of an agent grows without more accounts.',
    description: 'Agent {{ $labels.instance }} holds {{ $value | humanize1024 }}B.',
    action: 'Plan a restart before the machine does it, and keep the figures for a report.',
    dashboard: 'agent',
  },
  {
    name: 'CardinalityHigh',
    severity: 'warning',
    expr: `scrape_samples_post_metric_relabeling{${agents}} > ${series.most}
  or scrape_samples_post_metric_relabeling{${agents}} > on (job, instance) (${series.process} + ${series.perAccount} * linda_leases_held)`,
    for: '10m',
    summary: 'An agent has more series than its accounts explain.',
    description: 'Agent {{ $labels.instance }} has {{ $value | humanize }} series.',
    action: 'Find the metric with too many label values before the scrape limit refuses them all.',
    dashboard: 'agent',
  },
  {
    name: 'CertificateUntrusted',
    severity: 'critical',
    expr: `${grown('job, instance', 'whatsapp_certificate_untrusted_total', '10m')} > 0`,
    summary: 'A server that calls itself WhatsApp is not confirmed by the configured root.',
    description:
      'Agent {{ $labels.instance }} saw {{ $value | humanize }} untrusted signatures within 10 minutes.',
    action: 'Find out who stands between the agent and WhatsApp, or whether WhatsApp has a new root.',
    dashboard: 'agent',
  },
  {
    name: 'LibraryTraps',
    severity: 'warning',
    expr: `${grown('job, instance, trap', 'whatsapp_session_traps_total', '15m')} > ${traps}`,
    summary: 'The WhatsApp library misbehaves often, and is contained.',
    description:
      'Trap {{ $labels.trap }} on {{ $labels.instance }}: {{ $value | humanize }} times within 15 minutes.',
    action: 'Read `session.trapped` in the log and look for a changed protocol.',
    dashboard: 'agent',
  },
  {
    name: 'SubscriberErrors',
    severity: 'warning',
    expr: `${grown('job, instance', 'linda_event_subscriber_errors_total', '15m')} > 0`,
    summary: 'An event could not be taken by its metric, log, history or stream.',
    description:
      'Agent {{ $labels.instance }}: {{ $value | humanize }} events within 15 minutes; figures may be wrong.',
    action: 'Read "a subscriber could not take an event" in the log and report it.',
    dashboard: 'agent',
  },
  {
    name: 'AdminRefused',
    severity: 'warning',
    expr: `${grown('job, instance', 'linda_admin_refused_total{why=~"bad-token|locked-out"}', '5m')} > ${refused}`,
    summary: 'Somebody tries tokens on an admin listener.',
    description: 'Agent {{ $labels.instance }} refused {{ $value | humanize }} requests within 5 minutes.',
    action: 'Read `admin.refused` for the address, and `linda audit` for what was done.',
    dashboard: 'agent',
  },
  {
    name: 'OwnershipConflict',
    severity: 'critical',
    // One for each account of the losing agent at each take-over by hand; a process that should not run goes on being refused.
    expr: `${grown(me.slice(1, -1), 'linda_store_writes_fenced_total', '10m')} > 0`,
    summary: 'Two agents want the same account.',
    description:
      'Account {{ $labels.account }} was taken from {{ $labels.instance }}: {{ $value | humanize }} writes refused.',
    action: 'Stop the agent that should not run; `linda status` on each says who holds the account.',
    dashboard: 'agent',
  },
]

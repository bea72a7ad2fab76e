// What the objectives are measured by, as recorded series: exact counts first, then the share that went wrong in each window.

import type { Group, Recorded } from '../alert.ts'
import { objectives, recordedEverySeconds, type Window, windows } from '../objectives.ts'
import { agents, grown, maintained, me, unlinked } from '../promql.ts'

const account = `linda:session_up:wanted`
const wantedHere = 'whatsapp_session_state{state=~"connecting|open|restricted|replaced"}'

/**
 * 0 or 1 for each account that is wanted up. Wanted is what Linda can hold up: not what is stopped, in maintenance or not linked, and not
 * what WhatsApp has ended (logged out, failed), which would burn a month of budget for one ban. The accounts of an agent that does not
 * answer stay wanted and are down, from what was recorded last, unless another agent has them.
 */
const session: Recorded = {
  record: account,
  expr: `(
  (
    whatsapp_session_up
    and on ${me} ${wantedHere}
    unless on ${me} ${unlinked}
    unless on ${me} ${maintained}
    unless on (job, account) (whatsapp_session_up == 1)
  )
  or (whatsapp_session_up == 1 unless on ${me} ${maintained})
) * on ${me} group_left (pool) whatsapp_account_info
or
(
  0 * last_over_time(${account}[5m])
  and on (job, instance) up{${agents}} == 0
) unless on (job, account) whatsapp_session_up`,
}

const sums: readonly Recorded[] = [
  { record: 'linda:pool_sessions_wanted:count', expr: `count by (job, pool) (${account})` },
  { record: 'linda:pool_sessions_up:sum', expr: `sum by (job, pool) (${account})` },
]

/** Refusals that speak of the recipient or the caller. Each ends its message, so they can be taken off the messages that ended. */
const notOurs = grown('job', 'whatsapp_messages_failed_total{code=~"not-on-whatsapp|id-taken"}', '5m')

/**
 * Good: messages that the server acknowledged, each once. Bad: messages that left the outbox without an acknowledgement (failed,
 * expired, unknown), each once, less those that were nobody's failure. Attempts that were repeated are in neither:
 * whatsapp_messages_failed_total counts attempts. Linda's own test messages are among the good ones, one a minute at most. A late
 * acknowledgement of a message that had ended makes it no better: whoever sent it had been told.
 */
const messageRates: readonly Recorded[] = [
  {
    record: 'linda:messages_acked:rate5m',
    expr: `sum by (job) (rate(whatsapp_messages_acked_total[5m]))`,
  },
  {
    record: 'linda:messages_lost:rate5m',
    // A series for every job that has the other one: where nothing has ever failed, nothing is lost.
    expr: `clamp_min(
  (${grown('job', 'whatsapp_outbox_ended_total', '5m')} or 0 * linda:messages_acked:rate5m)
  - (${notOurs} or 0 * linda:messages_acked:rate5m),
  0
) / 300`,
  },
]

/** (wanted - up) / wanted, of whole numbers: 1 - up / wanted is off by the noise of floats, which a small budget shows. */
function unavailable(level: 'job' | 'job, pool', window: Window): string {
  const wanted = `sum by (${level}) (sum_over_time(linda:pool_sessions_wanted:count[${window}]))`
  const up = `sum by (${level}) (sum_over_time(linda:pool_sessions_up:sum[${window}]))`
  return `(${wanted} - ${up}) / ${wanted}`
}

/** Averages of rates, weighed by what was sent. Without a message there is no share. */
function lostShare(window: Window): string {
  const [lost, acked] = ['lost', 'acked'].map(
    (what) => `avg_over_time(linda:messages_${what}:rate5m[${window}])`,
  )
  return `${lost} / (${lost} + ${acked} > 0)`
}

const ratios = (window: Window): Recorded[] => [
  { record: `linda:session_errors:ratio_${window}`, expr: unavailable('job', window) },
  { record: `linda:message_errors:ratio_${window}`, expr: lostShare(window) },
]

const perPool = (['1h', '1d', '30d'] as const).map(
  (window): Recorded => ({
    record: `linda:pool_session_errors:ratio_${window}`,
    expr: unavailable('job, pool', window),
  }),
)

/** Rounded, because 1 - 0.995 is not 0.005 to a computer. */
export const budgetOf = (objective: number): number => Number((1 - objective).toFixed(6))

const budgets: readonly Recorded[] = [
  { record: 'linda:session_objective:ratio', expr: `vector(${objectives.sessions})` },
  { record: 'linda:message_objective:ratio', expr: `vector(${objectives.messages})` },
  {
    record: 'linda:session_error_budget:left',
    expr: `1 - linda:session_errors:ratio_30d / ${budgetOf(objectives.sessions)}`,
  },
  {
    record: 'linda:message_error_budget:left',
    expr: `1 - linda:message_errors:ratio_30d / ${budgetOf(objectives.messages)}`,
  },
  {
    record: 'linda:pool_session_error_budget:left',
    expr: `1 - linda:pool_session_errors:ratio_30d / ${budgetOf(objectives.sessions)}`,
  },
]

const isLong = (window: Window): boolean => window.endsWith('d')

export const sloRecords: readonly Group[] = [
  {
    name: 'linda-slo',
    interval: `${recordedEverySeconds}s`,
    records: [
      session,
      ...sums,
      ...messageRates,
      ...windows.filter((window) => !isLong(window)).flatMap(ratios),
      ...perPool.filter(({ record }) => record.endsWith('1h')),
    ],
  },
  {
    // 30 days are 86,400 samples of each pool: often enough for what moves slowly, and not so seldom that it goes stale.
    name: 'linda-slo-days',
    interval: '2m',
    records: [
      ...windows.filter(isLong).flatMap(ratios),
      ...perPool.filter(({ record }) => !record.endsWith('1h')),
      ...budgets,
    ],
  },
]

// An error budget that is being spent too fast, in two windows at once: the long one says that it matters, the short one that it goes on.

import type { Alert } from '../alert.ts'
import {
  type Burn,
  burns,
  fewestMessages,
  objectives,
  recordedEverySeconds,
  type Window,
} from '../objectives.ts'
import { secondsOf } from '../promql.ts'
import { budgetOf } from './slo-records.ts'

interface Slo {
  name: string
  series: string
  objective: number
  /** What has to be true as well. A Prometheus that began a minute ago has long windows of one minute, in which little looks like much. */
  enough(long: Window, limit: number): string
  summary: string
  what: string
  action: string
}

const slos: readonly Slo[] = [
  {
    name: 'SessionBudgetBurning',
    series: 'linda:session_errors:ratio',
    objective: objectives.sessions,
    // As much as would be too much in a whole window: what was not seen is taken for good.
    enough: (long, limit) =>
      `linda:session_errors:ratio_${long} * count_over_time(linda:session_errors:ratio_5m[${long}]) * ${recordedEverySeconds} / ${secondsOf(long)} > ${limit}`,
    summary: 'Sessions are down so much that the error budget will not last.',
    what: 'of the time that sessions of {{ $labels.job }} were wanted up they were down',
    action: 'Find the pool: linda:pool_session_errors:ratio_1h; then its accounts with linda status',
  },
  {
    name: 'MessageBudgetBurning',
    series: 'linda:message_errors:ratio',
    objective: objectives.messages,
    // Not an average over the window, which has only the samples that there are.
    enough: (long) =>
      `sum_over_time(linda:messages_lost:rate5m[${long}]) * ${recordedEverySeconds} >= ${fewestMessages}`,
    summary: 'So many messages end without an acknowledgement that the error budget will not last.',
    what: 'of the messages of {{ $labels.job }} ended without an acknowledgement',
    action: 'linda messages --state failed and linda messages --state unknown show accounts and codes',
  },
]

function alertOf(slo: Slo, { tier, severity, long, short, factor, for: holds }: Burn): Alert {
  const { name, series, objective, enough, summary, what, action } = slo
  const limit = Number((factor * budgetOf(objective)).toFixed(6))
  const over = `${series}_${long} > ${limit}\n  and on (job) ${series}_${short} > ${limit}`
  return {
    name,
    tier,
    severity,
    expr: `${over}\n  and on (job) ${enough(long, limit)}`,
    for: holds,
    summary,
    description: `{{ $value | humanizePercentage }} ${what} within ${long}; ${Number((100 * limit).toFixed(4))}% is ${factor} times what the objective of ${Number((100 * objective).toFixed(4))}% allows.`,
    action,
    dashboard: 'slo',
  }
}

export const sloAlerts: readonly Alert[] = slos.flatMap((slo) => burns.map((burn) => alertOf(slo, burn)))

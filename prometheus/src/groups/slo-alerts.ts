// An error budget that is being spent too fast, in two windows at once: the long one says that it matters, the short one that it goes on.

import type { Alert } from '../alert.ts'
import { type Burn, burns, fewestMessages, objectives } from '../objectives.ts'
import { secondsOf } from '../promql.ts'
import { budgetOf } from './slo-records.ts'

interface Slo {
  name: string
  series: string
  objective: number
  summary: string
  what: string
  action: string
}

const slos: readonly Slo[] = [
  {
    name: 'SessionBudgetBurning',
    series: 'linda:session_errors:ratio',
    objective: objectives.sessions,
    summary: 'Sessions are down so much that the error budget will not last.',
    what: 'of the time that sessions of {{ $labels.job }} were wanted up they were down',
    action: 'Find the pool: linda:pool_session_errors:ratio_1h; then its accounts with linda status',
  },
  {
    name: 'MessageBudgetBurning',
    series: 'linda:message_errors:ratio',
    objective: objectives.messages,
    summary: 'So many messages end without an acknowledgement that the error budget will not last.',
    what: 'of the messages of {{ $labels.job }} ended without an acknowledgement',
    action: 'linda messages --state failed and linda messages --state unknown show accounts and codes',
  },
]

function alertOf(slo: Slo, { tier, severity, long, short, factor, for: holds }: Burn): Alert {
  const { name, series, objective, summary, what, action } = slo
  const limit = Number((factor * budgetOf(objective)).toFixed(6))
  const enough =
    series.includes('message') &&
    `\n  and on (job) ${secondsOf(long)} * avg_over_time(linda:messages_lost:rate5m[${long}]) >= ${fewestMessages}`
  return {
    name,
    tier,
    severity,
    expr: `${series}_${long} > ${limit}\n  and on (job) ${series}_${short} > ${limit}${enough || ''}`,
    for: holds,
    summary,
    description: `{{ $value | humanizePercentage }} ${what} within ${long}; ${Number((100 * limit).toFixed(4))}% is ${factor} times what the objective of ${Number((100 * objective).toFixed(4))}% allows.`,
    action,
    dashboard: 'slo',
  }
}

export const sloAlerts: readonly Alert[] = slos.flatMap((slo) => burns.map((burn) => alertOf(slo, burn)))

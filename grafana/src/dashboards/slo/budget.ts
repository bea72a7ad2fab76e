// What is promised, what is left, and how fast it is spent.

import { budgetOf } from '../../../../prometheus/src/groups/slo-records.ts'
import { burns, objectives, windows } from '../../../../prometheus/src/objectives.ts'
import { falling, plain, rising } from '../../look/colours.ts'
import { figure } from '../../panels/figures.ts'
import { lines } from '../../panels/graphs.ts'
import { now, range } from '../../queries/query.ts'
import { of, pool } from '../../queries/selectors.ts'
import { early, leftSteps } from './shared.ts'

const slos = [
  {
    what: 'session',
    name: 'Sessions',
    objective: objectives.sessions,
    means: 'time in which a session that is wanted up is up',
  },
  {
    what: 'message',
    name: 'Messages',
    objective: objectives.messages,
    means: 'messages that end with the acknowledgement of the server',
  },
] as const

export const promised = slos.flatMap(({ what, name, objective, means }) => [
  figure({
    title: `${name}: objective`,
    what: `What is promised over 30 days: ${means}.`,
    whenBad: 'it is set in prometheus/src/objectives.ts; promise less or do more.',
    width: 4,
    unit: 'percentunit',
    decimals: 2,
    steps: plain,
    noValue: 'no recording rules',
    queries: [now('objective', `max(linda:${what}_objective:ratio)`)],
  }),
  figure({
    title: `${name}: kept`,
    what: 'What was kept of it in the last 30 days.',
    whenBad: 'below the objective: the promise is broken; see where, by pool and account.',
    width: 4,
    unit: 'percentunit',
    decimals: 3,
    steps: falling(objective - budgetOf(objective), objective),
    noValue: 'not measured yet',
    queries: [
      now('kept', `1 - max(${of(`linda:${what}_errors:ratio_30d`)})`, what === 'message' ? early : {}),
    ],
  }),
  figure({
    title: `${name}: budget left`,
    what: 'Share of the error budget of 30 days that is left; below 0 the objective is missed.',
    whenBad: 'change nothing risky until it grows again, and mend what spends it.',
    width: 4,
    unit: 'percentunit',
    decimals: 1,
    max: 1,
    steps: leftSteps,
    loud: true,
    noValue: 'not measured yet',
    queries: [now('left', `min(${of(`linda:${what}_error_budget:left`)})`, what === 'message' ? early : {})],
  }),
])

export const burning = slos.flatMap(({ what, name, objective }) => [
  lines({
    title: `${name}: burn rates`,
    what: `Times the pace that uses up the budget in exactly 30 days, by window. Pages begin at ${burns.map(({ factor, long }) => `${factor} over ${long}`).join(', ')}.`,
    whenBad: 'short windows high and long ones low: it has just begun. All high: it has gone on for days.',
    width: 12,
    unit: 'short',
    steps: rising(burns[1]?.factor ?? 3, burns[3]?.factor ?? 14.4),
    limits: true,
    noValue: 'not measured yet',
    queries: windows
      .filter((window) => window !== '30d')
      .map((window) =>
        range(window, `max(${of(`linda:${what}_errors:ratio_${window}`)}) / ${budgetOf(objective)}`, {
          ...(what === 'message' ? early : {}),
          step: '30s',
        }),
      ),
  }),
])

export const left = [
  lines({
    title: 'Budget left over time',
    what: 'What is left of both budgets, and of the budget of the sessions of each pool.',
    whenBad: 'a cliff is an incident, a slope is a fault that nobody pages for: find its pool.',
    width: 12,
    unit: 'percentunit',
    max: 1,
    noValue: 'not measured yet',
    queries: [
      range('sessions', `min(${of('linda:session_error_budget:left')})`),
      range('messages', `min(${of('linda:message_error_budget:left')})`, early),
      range('sessions of {{pool}}', `min by (pool) (${pool('linda:pool_session_error_budget:left')})`),
    ],
  }),
  lines({
    title: 'Wanted and up',
    what: 'Sessions that are wanted up, and those of them that are, by pool.',
    whenBad: 'the gap between the two lines of a pool is what the budget pays for.',
    width: 12,
    unit: 'none',
    noValue: 'not measured yet',
    queries: [
      range('{{pool}} wanted', `sum by (pool) (${pool('linda:pool_sessions_wanted:count')})`),
      range('{{pool}} up', `sum by (pool) (${pool('linda:pool_sessions_up:sum')})`),
    ],
  }),
]

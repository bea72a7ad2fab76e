// SLO: what is promised, what is left of the error budget, how fast it is spent, and how long a session takes to come back.

import { make } from '../../dashboard.ts'
import { burning, left, promised } from './budget.ts'
import { recovery, where } from './where.ts'

export const slo = make({
  name: 'slo',
  title: 'SLO',
  description:
    'Objectives of sessions and messages over 30 days, the error budgets and how fast they are spent.',
  from: 'now-7d',
  refresh: '1m',
  sections: [
    { tiles: promised },
    { title: 'How fast it is spent', tiles: [...burning, ...left] },
    { title: 'Where', tiles: where },
    { title: 'Recovery', tiles: recovery },
  ],
})

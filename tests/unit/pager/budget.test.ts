// The budget of an hour: what is critical has a share that warnings cannot spend, and a budget that is spent says when it is back.

import { expect, it } from 'vitest'
import { BUDGET_MS, budgetUntil, isGrave } from '../../../alertmanager/pager/decide/budget.ts'

const budgets = { all: { sms: 10, voice: 2, push: 100 }, each: { sms: 5, voice: 1, push: 50 } }
const spent = (all: number, recipient: number, own = 0) => ({
  all,
  recipient,
  own,
  oldestAt: all > 0 ? 1_000 : null,
  recipientOldestAt: recipient > 0 ? 2_000 : null,
  ownOldestAt: own > 0 ? 3_000 : null,
})

it.each([
  ['nothing is spent', 'sms', 'critical', spent(0, 0), null],
  ['one is left', 'sms', 'critical', spent(9, 4), null],
  ['all is spent', 'sms', 'critical', spent(10, 4), 1_000 + BUDGET_MS],
  ['all of the recipient is spent', 'sms', 'critical', spent(9, 5), 2_000 + BUDGET_MS],
  ['both are spent: the later one counts', 'sms', 'critical', spent(10, 5), 2_000 + BUDGET_MS],
  ['what is kept for critical is no warning to have', 'sms', 'warning', spent(8, 1), 1_000 + BUDGET_MS],
  ['a warning below that', 'sms', 'warning', spent(7, 3), null],
  ['the only call may be a warning', 'voice', 'warning', spent(0, 0), null],
  ['what has paid and is tried again', 'sms', 'warning', spent(10, 5, 1), null],
  [
    'one that has been tried as often as anybody may be told',
    'sms',
    'critical',
    spent(0, 0, 5),
    3_000 + BUDGET_MS,
  ],
] as const)('%s', (_, channel, severity, said, until) => {
  expect(budgetUntil(budgets, channel, severity === 'critical', said)).toBe(until)
})

it('keeps its share for what is critical and goes on', () => {
  expect(isGrave({ kind: 'firing', severity: 'critical' })).toBe(true)
  expect(isGrave({ kind: 'worse', severity: 'warning' })).toBe(false)
  expect(isGrave({ kind: 'resolved', severity: 'critical' })).toBe(false)
})

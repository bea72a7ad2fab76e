// The budget of an hour: what is critical has a share that warnings cannot spend, and a budget that is spent says when it is back.

import { expect, it } from 'vitest'
import { BUDGET_MS, budgetUntil } from '../../../alertmanager/pager/decide/budget.ts'

const budgets = { all: { sms: 10, voice: 2, push: 100 }, each: { sms: 5, voice: 1, push: 50 } }
const spent = (all: number, recipient: number) => ({
  all,
  recipient,
  oldestAt: all > 0 ? 1_000 : null,
  recipientOldestAt: recipient > 0 ? 2_000 : null,
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
] as const)('%s', (_, channel, severity, said, until) => {
  expect(budgetUntil(budgets, channel, severity, said)).toBe(until)
})

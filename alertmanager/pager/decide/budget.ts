// What an hour may cost: a storm of pages, or a provider that charges for them, finds an end; what is grave keeps a share of its own.

import type { Budgets } from '../config/schema.ts'
import type { ChannelName, Severity } from '../words.ts'

export const BUDGET_MS = 3_600_000
/** Part of each budget that is kept for what is critical. */
const KEPT = 0.2

/** What was sent within the last hour by a channel. */
export interface Spent {
  all: number
  /** To the recipient in question. */
  recipient: number
  /** When the oldest of those was sent, in milliseconds; null where there is none. */
  oldestAt: number | null
  /** The same for the recipient. */
  recipientOldestAt: number | null
}

/** When there is budget, in milliseconds; null for now. */
export function budgetUntil(
  { all, each }: Budgets,
  channel: ChannelName,
  severity: Severity,
  spent: Spent,
): number | null {
  const frees: number[] = []
  if (spent.all >= mayUse(all[channel], severity) && spent.oldestAt !== null)
    frees.push(spent.oldestAt + BUDGET_MS)
  if (spent.recipient >= mayUse(each[channel], severity) && spent.recipientOldestAt !== null)
    frees.push(spent.recipientOldestAt + BUDGET_MS)
  return frees.length === 0 ? null : Math.max(...frees)
}

function mayUse(budget: number, severity: Severity): number {
  return severity === 'critical' ? budget : Math.max(1, Math.floor(budget * (1 - KEPT)))
}

// What an hour may cost: a storm of pages, or a provider that charges for them, finds an end; what is grave keeps a share of its own.

import type { Budgets } from '../config/schema.ts'
import type { ChannelName, NoticeKind, Severity } from '../words.ts'

export const BUDGET_MS = 3_600_000
/** Part of each budget that is kept for what is critical. */
const KEPT = 0.2

/** What was sent within the last hour by a channel. A delivery is counted once, however often it had to be tried. */
export interface Spent {
  /** Other deliveries. */
  all: number
  /** Other deliveries to the recipient in question. */
  recipient: number
  /** Attempts of this very delivery: it has paid, and may not go on for ever all the same. */
  own: number
  /** When the first of those was sent that leaves the hour, in milliseconds; null where there is none. */
  oldestAt: number | null
  /** The same for the recipient. */
  recipientOldestAt: number | null
  /** The same for the delivery. */
  ownOldestAt: number | null
}

/** When there is budget, in milliseconds; null for now. */
export function budgetUntil(
  { all, each }: Budgets,
  channel: ChannelName,
  grave: boolean,
  spent: Spent,
): number | null {
  const frees: number[] = []
  const ask = (used: number, may: number, oldestAt: number | null): void => {
    if (used >= may && oldestAt !== null) frees.push(oldestAt + BUDGET_MS)
  }
  ask(spent.own, each[channel], spent.ownOldestAt)
  if (spent.own === 0) {
    ask(spent.all, mayUse(all[channel], grave), spent.oldestAt)
    ask(spent.recipient, mayUse(each[channel], grave), spent.recipientOldestAt)
  }
  return frees.length === 0 ? null : Math.max(...frees)
}

/** Whether a message may use what is kept: the news that something critical is over may not. */
export function isGrave({ kind, severity }: { kind: NoticeKind; severity: Severity }): boolean {
  return severity === 'critical' && kind !== 'resolved'
}

function mayUse(budget: number, grave: boolean): number {
  return grave ? budget : Math.max(1, Math.floor(budget * (1 - KEPT)))
}

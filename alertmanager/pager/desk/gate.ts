// Whether a delivery may be made now: quiet hours and budgets, looked at when its turn comes and not before.

import type { Queryable } from '../../../agent/store/sql.ts'
import type { PagerConfig } from '../config/schema.ts'
import { budgetUntil } from '../decide/budget.ts'
import { quietUntil } from '../decide/quiet.ts'
import { spentOn } from '../store/attempts.ts'
import type { Delivery } from '../store/deliveries.ts'

export type Gate =
  | { do: 'go' }
  | { do: 'hold'; why: 'quiet-hours' | 'budget'; until: number }
  /** Another channel has budget, perhaps. */
  | { do: 'pass-over' }

export async function gateOf(
  tx: Queryable,
  { quiet_hours, budgets, recipients }: PagerConfig,
  { recipient, severity, course }: Delivery,
  now: number,
): Promise<Gate> {
  const timeZone = recipients[recipient]?.timeZone ?? 'UTC'
  const quiet = quietUntil(quiet_hours, severity, timeZone, now)
  if (quiet !== null) return { do: 'hold', why: 'quiet-hours', until: quiet }
  const spent = await spentOn(tx, course.channel, recipient, now)
  const until = budgetUntil(budgets, course.channel, severity, spent)
  if (until === null) return { do: 'go' }
  return course.next.length > 0 ? { do: 'pass-over' } : { do: 'hold', why: 'budget', until }
}

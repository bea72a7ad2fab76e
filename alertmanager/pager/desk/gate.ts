// Whether a delivery may be made now: quiet hours and budgets, looked at when its turn comes and not before.

import type { Queryable } from '../../../agent/store/sql.ts'
import type { PagerConfig } from '../config/schema.ts'
import { budgetUntil, isGrave } from '../decide/budget.ts'
import { quietUntil } from '../decide/quiet.ts'
import { spentOn } from '../store/attempts.ts'
import type { Delivery } from '../store/deliveries.ts'
import type { ChannelName } from '../words.ts'

export type Gate =
  | { do: 'go' }
  /** Until the end of quiet hours. */
  | { do: 'hold'; until: number }
  /** Its channel has no budget; another has, perhaps. */
  | { do: 'pass-over' }

export async function gateOf(
  tx: Queryable,
  config: PagerConfig,
  delivery: Delivery,
  now: number,
): Promise<Gate> {
  const timeZone = config.recipients[delivery.recipient]?.timeZone ?? 'UTC'
  const until = quietUntil(config.quiet_hours, delivery.severity, timeZone, now)
  if (until !== null) return { do: 'hold', until }
  const spent = await withoutBudgetUntil(tx, config, delivery, delivery.course.channel, now)
  return spent === null ? { do: 'go' } : { do: 'pass-over' }
}

/** When the channel has budget for the delivery again, in milliseconds; null where it has. */
export async function withoutBudgetUntil(
  tx: Queryable,
  { budgets }: PagerConfig,
  delivery: Delivery,
  channel: ChannelName,
  now: number,
): Promise<number | null> {
  return budgetUntil(budgets, channel, isGrave(delivery), await spentOn(tx, channel, delivery, now))
}

// The row of a lane is its lock: whoever changes which deliveries of a lane are open holds the row until the end of the transaction.

import type { Queryable } from '../store/sql.ts'

export interface LaneOf {
  webhook: string
  lane: string
}

/** Each once, always in one order, so that two transactions do not wait for each other. */
export function lanesOf<L extends LaneOf>(rows: readonly L[]): LaneOf[] {
  const lanes = new Map(rows.map(({ webhook, lane }) => [JSON.stringify([webhook, lane]), { webhook, lane }]))
  return [...lanes].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, lane]) => lane)
}

export async function holdLane(tx: Queryable, { webhook, lane }: LaneOf): Promise<void> {
  await tx.query(
    'UPDATE webhook_lane SET held_until = held_until WHERE webhook = $1 AND lane = $2 RETURNING lane',
    [webhook, lane],
  )
}

/**
 * Deletes the lane where nothing of it is open any more. A statement of its own, after the one that took the row: only then it sees what
 * whoever had the row before has added.
 */
export async function dropEmpty(tx: Queryable, { webhook, lane }: LaneOf): Promise<void> {
  await tx.query(
    `DELETE FROM webhook_lane WHERE webhook = $1 AND lane = $2 AND NOT EXISTS (
       SELECT 1 FROM webhook_delivery WHERE webhook = $1 AND lane = $2 AND open = 1)`,
    [webhook, lane],
  )
}

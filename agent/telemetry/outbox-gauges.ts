// Gauges of the message path: what is open in the outbox, as last counted, and whether failovers are on and under way.

import { fillWhenRead, type Instruments } from './instruments.ts'

export interface OutboxView {
  /** What is open, as last counted; times are milliseconds since the epoch. */
  live(): readonly { pool: string; state: string; count: number; acceptedAt: number }[]
  limit: number
  failovers(): { enabled: boolean; open: number }
}

export function followOutbox(to: Instruments, outbox: OutboxView): void {
  fillWhenRead(to.gauge('outboxMessages'), (gauge) => {
    for (const { pool, state, count } of outbox.live()) gauge.inc({ pool, state }, count)
  })
  fillWhenRead(to.gauge('outboxOldest'), (gauge) => {
    const oldest = new Map<string, { pool: string; state: string; at: number }>()
    for (const { pool, state, acceptedAt } of outbox.live()) {
      const key = `${pool}/${state}`
      const at = Math.min(acceptedAt, oldest.get(key)?.at ?? acceptedAt)
      oldest.set(key, { pool, state, at })
    }
    for (const { pool, state, at } of oldest.values())
      gauge.set({ pool, state }, Math.max(0, Date.now() - at) / 1000)
  })
  to.gauge('outboxLimit').set(outbox.limit)
  fillWhenRead(to.gauge('failoverEnabled'), (gauge) => gauge.set(outbox.failovers().enabled ? 1 : 0))
  fillWhenRead(to.gauge('failoverOpen'), (gauge) => gauge.set(outbox.failovers().open))
}

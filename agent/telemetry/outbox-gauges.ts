// Gauges of the message path: what is open in the outbox, as last counted, what waits for a limit, and whether failovers are on and under way.

import { fillWhenRead, type Instruments } from './instruments.ts'

export interface OutboxView {
  /** What is open, as last counted; times are milliseconds since the epoch. */
  live(): readonly {
    pool: string
    state: string
    account: string | null
    count: number
    acceptedAt: number
  }[]
  /** Accounts of this process with a limit by the day. */
  days(): readonly { account: string; sent: number; allowance: number }[]
  /** Those of them that have used it. */
  spent(): readonly string[]
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
  fillWhenRead(to.gauge('outboxLimited'), (gauge) => {
    const spent = new Set(outbox.spent())
    for (const { pool, state, account, count } of outbox.live())
      if (account !== null && spent.has(account) && (state === 'queued' || state === 'unknown'))
        gauge.inc({ pool }, count)
  })
  fillWhenRead(to.gauge('daySent'), (gauge) => {
    for (const { account, sent } of outbox.days()) gauge.set({ account }, sent)
  })
  fillWhenRead(to.gauge('dayAllowance'), (gauge) => {
    for (const { account, allowance } of outbox.days()) gauge.set({ account }, allowance)
  })
  to.gauge('outboxLimit').set(outbox.limit)
  fillWhenRead(to.gauge('failoverEnabled'), (gauge) => gauge.set(outbox.failovers().enabled ? 1 : 0))
  fillWhenRead(to.gauge('failoverOpen'), (gauge) => gauge.set(outbox.failovers().open))
}

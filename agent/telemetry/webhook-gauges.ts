// Gauges that show what waits for webhooks, as it was counted last: a scrape asks the store nothing.

import { fillWhenRead, type Instruments } from './instruments.ts'

export interface WebhooksView {
  views(): {
    id: string
    backlog: { queued: number; claimed: number; dead: number; oldestAt: number | null } | null
  }[]
}

export function followWebhooks(to: Instruments, webhooks: WebhooksView): void {
  // So that the first dead letter is an increase and not a new series.
  for (const outcome of ['delivered', 'retried', 'dead']) to.counter('webhookDeliveries').inc({ outcome }, 0)
  fillWhenRead(to.gauge('webhookBacklog'), (gauge) => {
    for (const { id, backlog } of webhooks.views())
      if (backlog !== null)
        for (const state of ['queued', 'claimed', 'dead'] as const)
          gauge.set({ webhook: id, state }, backlog[state])
  })
  fillWhenRead(to.gauge('webhookOldest'), (gauge) => {
    for (const { id, backlog } of webhooks.views())
      if (backlog !== null)
        gauge.set(
          { webhook: id },
          backlog.oldestAt === null ? 0 : Math.max(0, (Date.now() - backlog.oldestAt) / 1_000),
        )
  })
}

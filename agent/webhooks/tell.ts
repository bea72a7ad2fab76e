// What is said of a delivery: which, how often, how it ended; never what is in it, where it went or what was answered.

import type { Bus, Trace } from '../events.ts'
import type { Verdict } from './verdict.ts'

export interface Told {
  webhook: string
  delivery: string
  attempts: number
  ageMs: number
  /** Of this attempt. */
  ms: number
  account?: string | null
  trace?: Trace | undefined
}

export function tell(bus: Bus, { account, trace, ...told }: Told, verdict: Verdict): void {
  const about = { ...(account ? { account } : {}), trace }
  const attempt = { ...told, ms: Math.round(told.ms) }
  if (verdict.state === 'delivered') bus.emit('webhook.delivered', attempt, about)
  else if (verdict.state === 'queued') {
    const delayMs = Math.max(0, verdict.nextAt - Date.now())
    bus.emit('webhook.failed', { ...attempt, delayMs, detail: verdict.error }, about)
  } else {
    const { webhook, delivery, attempts, ms } = attempt
    const { why, error: detail } = verdict
    bus.emit('webhook.dead', { webhook, why, count: 1, delivery, attempts, ms, detail }, about)
  }
}

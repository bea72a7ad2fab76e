// A monitor over accounts that are up, on clocks that the test moves; the fake timers must be on.

import { vi } from 'vitest'
import { HealthMonitor } from '../../../agent/health/monitor.ts'
import type { View } from '../../../agent/health/view.ts'
import { hear } from '../events/heard.ts'
import { thresholds, weights } from './settings.ts'

export const MINUTE = 60_000

export function stage(accounts = 1) {
  const heard = hear()
  const views: View[] = Array.from({ length: accounts }, (_, i) => ({
    account: `a-${i + 1}`,
    state: 'open',
    since: Date.now(),
    up: true,
    lastEvidenceAt: Date.now(),
    lastDisconnect: null,
    restriction: null,
  }))
  let mono = 0
  const monitor = new HealthMonitor({
    bus: heard.bus,
    views: () => views,
    view: (account) => views.find((view) => view.account === account),
    weights,
    thresholds,
    monotonic: () => mono,
  })
  const about = { account: 'a-1' }
  const pass = async (ms: number) => {
    for (let left = ms; left > 0; left -= 5_000) {
      mono += Math.min(5_000, left)
      await vi.advanceTimersByTimeAsync(Math.min(5_000, left))
      for (const view of views) if (view.up) view.lastEvidenceAt = Date.now()
      monitor.tick(10_000)
    }
  }
  return { ...heard, views, monitor, about, pass, sleepOnlyHere: (ms: number) => (mono += ms) }
}

/** Lets microtasks run. */
export const settle = () => vi.advanceTimersByTimeAsync(0)

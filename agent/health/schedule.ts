// When health is looked at: time adds up every few seconds, what only time shows is diagnosed soon after, and scores come on schedule.

import { schedule } from 'node-cron'
import { cronOf } from '../config/cron.ts'
import type { HealthMonitor } from './monitor.ts'

const TICK_MS = 5_000
/** A tick that is later than this came from a process that did not turn. */
const LATE_MS = 2 * TICK_MS
const GLANCE_MS = 15_000

/** Begins; answers the function that ends it. @param intervalMs one that cronOf can say */
export function keepHealth(monitor: HealthMonitor, intervalMs: number): () => Promise<void> {
  const ticks = setInterval(() => monitor.tick(LATE_MS), TICK_MS)
  const glances = setInterval(() => void monitor.glance(), GLANCE_MS)
  const task = schedule(cronOf(intervalMs) ?? '0 */5 * * * *', () => monitor.pass(), {
    noOverlap: true,
    name: 'health',
  })
  void monitor.pass()
  return async () => {
    clearInterval(ticks)
    clearInterval(glances)
    await task.destroy()
    monitor.stop()
  }
}

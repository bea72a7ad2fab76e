// When health is looked at: time adds up every few seconds, what only time shows is diagnosed soon after, and scores come on schedule.

import { schedule } from 'node-cron'
import { cronOf } from '../config/cron.ts'
import { within } from '../store/deadline.ts'
import type { HealthMonitor } from './monitor.ts'

const TICK_MS = 5_000
/** A tick that is later than this came from a process that did not turn. */
const LATE_MS = 2 * TICK_MS
const GLANCE_MS = 15_000
const LAST_WRITE_MS = 3_000

/**
 * Begins; answers the function that ends it, after which everything is written.
 * @param intervalMs one that cronOf can say
 * @param write keeps the sums; called after each pass and at the end, and never rejects
 */
export function keepHealth(
  monitor: HealthMonitor,
  intervalMs: number,
  write: () => Promise<void>,
): () => Promise<void> {
  const pass = (): Promise<void> => monitor.pass().then(write)
  const ticks = setInterval(() => monitor.tick(LATE_MS), TICK_MS)
  const glances = setInterval(() => void monitor.glance(), GLANCE_MS)
  const task = schedule(cronOf(intervalMs) ?? '0 */5 * * * *', pass, {
    noOverlap: true,
    name: 'health',
  })
  void pass()
  return async () => {
    clearInterval(ticks)
    clearInterval(glances)
    await task.destroy()
    monitor.stop()
    // A store that hangs must not take the time of everybody else who stops.
    await within(LAST_WRITE_MS, write(), () => new Error('the last write took too long')).catch(() => {})
  }
}

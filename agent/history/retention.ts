// What is older than the retention goes, now and every hour.

import { schedule } from 'node-cron'
import type { Bus } from '../events.ts'
import type { History } from './port.ts'

/** Every hour, at a minute at which few other things are planned. */
const WHEN = '17 * * * *'

/** Prunes now and every hour; answers the function that stops it. A failure is said by the history, and the next hour tries again. */
export function keepFor(retentionMs: number, history: History, bus: Bus): () => Promise<void> {
  const stopping = new AbortController()
  const run = async (): Promise<void> => {
    try {
      const rows = await history.prune(Date.now() - retentionMs, stopping.signal)
      if (rows > 0) bus.emit('history.pruned', { driver: history.driver, rows })
    } catch {
      // said by the store or the history
    }
  }
  const first = run()
  const task = schedule(WHEN, run, { noOverlap: true, name: 'retention' })
  return async () => {
    stopping.abort()
    await task.destroy()
    await first
  }
}

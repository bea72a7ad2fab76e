// Notices within a few people that an account's people have become slower than what is known of them.

import type { Observation } from './observation.ts'

/** As many of the account's latest scans are looked at. Shorter forgets a change before the history has learned it. */
const looked = 20
/** Of 20 scans one is expected above the p95; four or more are there by chance in 2 of 100 cases. */
const slowOnes = 4
/** Scans that came only after a cut-off are rare by design, so two among 20 are no chance. */
const lateOnes = 2
/** The longest of 20 is some way below the longest to come. */
const further = 1.5

/**
 * The window in ms that the latest scans call for where they contradict what is known, and 0 where they do not. A quantile
 * over hundreds of people follows a change slowly, and every person in between would be cut off. A false alarm costs a wider
 * window until 20 more people have scanned. People who never scan raise no alarm.
 * @param expectedMs what one in twenty should exceed
 */
export function reachNeeded(account: readonly Observation[], expectedMs: number): number {
  let [seen, slow, late, longestMs] = [0, 0, 0, 0]
  for (let i = account.length - 1; i >= 0 && seen < looked; i -= 1) {
    const { scanned, ms, inARow } = account[i] as Observation
    if (!scanned) continue
    seen += 1
    if (ms > expectedMs) slow += 1
    if (inARow > 0) late += 1
    longestMs = Math.max(longestMs, ms)
  }
  return slow >= slowOnes || late >= lateOnes ? longestMs * further : 0
}

// Notices within a few people that they have become slower than what is known of them.

import type { Observation } from './observation.ts'

/** As many of the latest scans are looked at. Shorter forgets a change before the history has learned it. */
const looked = 20
/** Of 20 scans one is expected above the p95; four or more are there by chance in 2 of 100 cases. */
const slowOnes = 4
/** Scans that came only after a cut-off are rare by design, so two among 20 are no chance. */
const lateOnes = 2
/** The longest of 20 is some way below the longest to come. */
const further = 1.5

/**
 * The window in ms that the latest scans call for where they contradict what is known, and 0 where they do not or where
 * `haveMs` is as long. A quantile over hundreds of people follows a change slowly, and every person in between would be cut
 * off. A false alarm costs a wider window until 20 more people have scanned. People who never scan raise no alarm.
 * @param expectedMs what one in twenty should exceed; asked for when it matters
 */
export function reachNeeded(
  people: readonly Observation[],
  haveMs: number,
  expectedMs: () => number,
): number {
  const latest: Observation[] = []
  for (let i = people.length - 1; i >= 0 && latest.length < looked; i -= 1) {
    const one = people[i] as Observation
    if (one.scanned) latest.push(one)
  }
  const reachMs = latest.reduce((longest, { ms }) => Math.max(longest, ms), 0) * further
  if (reachMs <= haveMs) return 0
  if (latest.filter(({ inARow }) => inARow > 0).length >= lateOnes) return reachMs
  const expected = expectedMs()
  return latest.filter(({ ms }) => ms > expected).length >= slowOnes ? reachMs : 0
}

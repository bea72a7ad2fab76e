// The share of people who have not scanned yet, as a curve over time; who was cut off counts as far as they were watched.

import type { Observation } from './observation.ts'

/** The product-limit estimate. It falls at `times` and nowhere else. */
export interface Curve {
  readonly people: number
  readonly scans: number
  /** Distinct scan times, ascending, in milliseconds. */
  readonly times: Float64Array
  /** Scans at each of `times`. */
  readonly counts: Float64Array
  /** Share still waiting after each of `times`, from 1 down to 0. */
  readonly waiting: Float64Array
  /** Greenwood's sum of d / (n (n - d)) up to each of `times`; infinite where nobody is left. */
  readonly greenwood: Float64Array
  /** How many people, watched to the end, would say as much about the end of the curve as these do. */
  readonly watched: Float64Array
  /** The longest that anybody was watched, in milliseconds; 0 without people. */
  readonly longestMs: number
  /** Share still waiting after the last of `times`; 1 without scans. */
  readonly plateau: number
}

/**
 * Kaplan and Meier, "Nonparametric estimation from incomplete observations" (1958). Scans at a moment come before cut-offs
 * at the same moment. Times are whole milliseconds. 500 observations take about 0.03 ms.
 */
export function kaplanMeier(observations: readonly Observation[]): Curve {
  const people = observations.length
  // One whole number per person keeps the sort native: twice the time, and 1 more for a cut-off. A day fits 24 times.
  const keys = new Uint32Array(people)
  for (let i = 0; i < people; i += 1) {
    const { ms, scanned } = observations[i] as Observation
    keys[i] = ms * 2 + (scanned ? 0 : 1)
  }
  keys.sort()
  const [times, waiting, greenwood, watched, counts] = [0, 0, 0, 0, 0].map(
    () => new Float64Array(people),
  ) as Columns
  let steps = 0
  let scans = 0
  let share = 1
  let sum = 0
  for (let i = 0; i < people; ) {
    const key = keys[i] as number
    let next = i + 1
    while (next < people && keys[next] === key) next += 1
    if ((key & 1) === 0) {
      const atRisk = people - i
      const here = next - i
      watched[steps] = atRisk / share
      share *= 1 - here / atRisk
      sum += here / (atRisk * (atRisk - here))
      scans += here
      times[steps] = key >>> 1
      counts[steps] = here
      waiting[steps] = share
      greenwood[steps] = sum
      steps += 1
    }
    i = next
  }
  return {
    people,
    scans,
    times: times.subarray(0, steps),
    counts: counts.subarray(0, steps),
    waiting: waiting.subarray(0, steps),
    greenwood: greenwood.subarray(0, steps),
    watched: watched.subarray(0, steps),
    longestMs: people === 0 ? 0 : (keys[people - 1] as number) >>> 1,
    plateau: share,
  }
}

type Columns = [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array]

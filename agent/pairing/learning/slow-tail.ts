// How many of those who did not scan within the longest window would have scanned later, judged by the shape of the times before it.

import { cumulativeStdNormalProbability, probit } from 'simple-statistics'
import type { Curve } from './kaplan-meier.ts'
import { quantile } from './quantiles.ts'

export interface SlowTail {
  /** Share of the people who scan, given any time, that takes longer than the longest window; 0 to 1. */
  readonly share: number
  /** The time in ms by which the share `q` of those people has scanned; meant for the times that nobody could see. */
  timeOf(q: number): number
}

/** With fewer scans the middle and the ninth tenth say nothing about what follows them. */
const enoughScans = 30
const [middle, high] = [0.5, 0.9]
/** A tail that explains this much of the plateau is taken to be all of it: two kinds of absent people need more evidence than one. */
const explains = 2 / 5
/** The first rounds carry most of the correction; where few of the times were seen, later ones run away with the noise. */
const rounds = 4
/** Less than one person in a thousand is no tail. */
const least = 0.001

/**
 * A lognormal through the median and the ninth decile of the times that were seen, which lie on the levels 0.5 (1 - share)
 * and 0.9 (1 - share) of all times, where `share` is what the lognormal itself puts beyond the window. Times of human
 * responses are skewed to the right, and the lognormal is the usual formula for them. Null where there is no tail to speak of.
 * @param seen the curve of the people who scan within `maxMs`
 * @param plateau share of everybody who did not, which is the most that a tail can be
 */
export function slowTail(seen: Curve, plateau: number, maxMs: number): SlowTail | null {
  if (seen.scans < enoughScans || plateau === 0) return null
  const logMiddle = Math.log(Math.max(1, quantile(seen, middle) ?? 0))
  const logHigh = Math.log(Math.max(1, quantile(seen, high) ?? 0))
  if (logHigh <= logMiddle) return null
  const fit = (share: number) => {
    const z = probit(middle * (1 - share))
    const deviation = (logHigh - logMiddle) / (probit(high * (1 - share)) - z)
    return { mean: logMiddle - z * deviation, deviation }
  }
  let share = 0
  for (let round = 0; round < rounds; round += 1) {
    const { mean, deviation } = fit(share)
    const beyond = 1 - cumulativeStdNormalProbability((Math.log(maxMs) - mean) / deviation)
    share = beyond > plateau * explains ? plateau : beyond
  }
  if (share < least) return null
  const { mean, deviation } = fit(share)
  return { share, timeOf: (q) => Math.exp(mean + deviation * probit(q)) }
}

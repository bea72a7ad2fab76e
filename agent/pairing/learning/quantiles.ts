// Times read off a curve: the moment by which a share of the people has scanned, and how well that moment is known.

import type { Curve } from './kaplan-meier.ts'

/** Products of many ratios miss a share such as 0.05 by a few units in the last place. */
const tiny = 1e-9

/** The shortest time by which the share `q` of the people (0 to 1) has scanned, in ms; null where the curve never gets there. */
export function quantile(curve: Curve, q: number): number | null {
  return curve.times[stepOf(curve, q)] ?? null
}

export interface Interval {
  /** Milliseconds; null where the people do not suffice to say it. */
  readonly lowMs: number | null
  readonly highMs: number | null
}

/** 5% on each side. */
const z90 = 1.6449
const tail90 = 0.05

/**
 * The 90% interval of a quantile: the times around it at which the pointwise interval of the curve, by Greenwood's variance
 * on the log-log scale, holds 1 - q (Brookmeyer and Crowley 1982, with the transformation of Borgan and Liestøl 1990). Where
 * nobody is left Greenwood's variance is not defined, and the bound is the exact one for "none of n".
 */
export function interval90(curve: Curve, q: number): Interval {
  const { times } = curve
  const at = stepOf(curve, q)
  let low = at
  while (low > 0 && bound(curve, low - 1, z90) <= 1 - q + tiny) low -= 1
  let high = at
  while (high < times.length && bound(curve, high, -z90) > 1 - q) high += 1
  return { lowMs: times[low] ?? null, highMs: times[high] ?? null }
}

/** The share still waiting after step `i`, less (z above 0) or more (below) its error. */
function bound({ waiting, greenwood, watched }: Curve, i: number, z: number): number {
  const share = waiting[i] as number
  if (share === 0) return z > 0 ? 0 : 1 - tail90 ** (1 / (watched[i] as number))
  const log = Math.log(share)
  return Math.exp(log * Math.exp((z * Math.sqrt(greenwood[i] as number)) / -log))
}

/** Index of the first step that leaves no more than 1 - q waiting; the number of steps where none does. */
function stepOf({ waiting }: Curve, q: number): number {
  let low = 0
  let high = waiting.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((waiting[middle] as number) <= 1 - q + tiny) high = middle
    else low = middle + 1
  }
  return low
}

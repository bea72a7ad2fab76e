// What a list of observations says about scan times: of the scans alone, or of everybody who would scan.

import { kaplanMeier } from './kaplan-meier.ts'
import type { Observation } from './observation.ts'
import { sortedP95 } from './order-statistics.ts'
import { type Interval, interval90, quantile } from './quantiles.ts'
import { slowTail } from './slow-tail.ts'
import { withoutPlateau } from './without-plateau.ts'

export interface FromScans {
  readonly scans: number
  /** Milliseconds; null where the people seen so far cannot say it. */
  readonly p95Ms: number | null
  /** How well the p95 is known, from 0 to 1. */
  readonly confidence: number
}

export interface Learned extends FromScans {
  /** The time in ms by which the share `q` of those who scan within the longest window has scanned; null where nobody can say. */
  timeOf(q: number): number | null
}

/** Scans alone: biased low where slow people are cut off. For policies that believe in it, and to show the bias. */
export const fromScans = remembered((observations): FromScans => {
  const times = new Uint32Array(observations.length)
  let scans = 0
  for (const { ms, scanned } of observations) {
    if (!scanned) continue
    times[scans] = ms
    scans += 1
  }
  const { p95Ms, interval } = sortedP95(times.subarray(0, scans).sort())
  return { scans, p95Ms, confidence: confidenceIn(p95Ms, interval) }
})

/**
 * Somebody was watched for nearly the longest window, so the plateau can be told from a lack of patience. Not all of it:
 * the window runs from the first code, the watching from the first view.
 */
const watchedEnough = 0.9
/** A p95 beyond this many longest windows is a guess about people whom no window will ever show. */
const furthest = 2

/**
 * Everybody who was watched: scans, and cut-offs as lower bounds. Those who never scan are left out by the plateau of the
 * curve; where nobody was watched long enough to see a plateau, everybody counts as somebody who may still scan, and the
 * quantiles that this leaves open are null. Those who would scan after the longest window are estimated (`slowTail`) and
 * count for the p95, not for `timeOf`: no window reaches them.
 */
export const fromEverybody = (observations: readonly Observation[], maxMs: number): Learned =>
  everybody(maxMs)(observations)

const everybody = byNumber((maxMs) =>
  remembered((observations): Learned => {
    const all = kaplanMeier(observations)
    const resting = all.plateau === 0 || all.longestMs >= watchedEnough * maxMs
    const curve = resting ? withoutPlateau(all) : all
    const tail = resting ? slowTail(curve, all.plateau, maxMs) : null
    const level = 0.95 / (1 - (tail?.share ?? 0))
    const p95Ms = quantile(curve, level) ?? within(furthest * maxMs, tail?.timeOf(0.95))
    const confidence = confidenceIn(p95Ms, interval90(curve, level))
    return { scans: all.scans, p95Ms, confidence, timeOf: (q) => quantile(curve, q) }
  }),
)

/** 1 - (half the width of the 90% interval of the p95) / p95, not below 0; 0 where one of the three is not known. */
function confidenceIn(p95Ms: number | null, { lowMs, highMs }: Interval): number {
  if (p95Ms === null || lowMs === null || highMs === null) return 0
  return p95Ms === 0 ? 1 : Math.max(0, 1 - (highMs - lowMs) / 2 / p95Ms)
}

function within(max: number, value: number | undefined): number | null {
  return value === undefined || value > max ? null : Math.round(value)
}

/** Lists never change (see Recent), so what was said of one holds for as long as it exists. A thousand accounts share the fleet's. */
function remembered<T>(compute: (observations: readonly Observation[]) => T) {
  const said = new WeakMap<readonly Observation[], T>()
  return (observations: readonly Observation[]): T => {
    let learned = said.get(observations)
    if (!learned) {
      learned = compute(observations)
      said.set(observations, learned)
    }
    return learned
  }
}

function byNumber<T>(make: (n: number) => T): (n: number) => T {
  const made = new Map<number, T>()
  return (n) => {
    const value = made.get(n) ?? make(n)
    made.set(n, value)
    return value
  }
}

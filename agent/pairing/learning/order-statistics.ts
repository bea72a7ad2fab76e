// The p95 of plain times, and between which of them the true one lies; nobody is missing from these times.

import type { Interval } from './quantiles.ts'

export interface SortedP95 {
  /** Null without times. */
  readonly p95Ms: number | null
  /** At 90%. */
  readonly interval: Interval
}

/** @param sorted times in ms, ascending */
export function sortedP95(sorted: Uint32Array): SortedP95 {
  const n = sorted.length
  if (n === 0) return { p95Ms: null, interval: { lowMs: null, highMs: null } }
  const { low, high } = ranks(n)
  return {
    // Products such as 0.95 * 20 come out a little above the whole number that they are.
    p95Ms: sorted[Math.ceil(share * n - 1e-9) - 1] as number,
    interval: { lowMs: sorted[low - 1] ?? null, highMs: sorted[high - 1] ?? null },
  }
}

const share = 0.95
/** On each side. */
const tail = 0.05

interface Ranks {
  /** From 1; 0 where even the shortest time may lie above. */
  readonly low: number
  /** From 1; n + 1 where even the longest may lie below, which is so for fewer than 59 times. */
  readonly high: number
}

const known = new Map<number, Ranks>()

/**
 * The exact interval of David and Nagaraja, "Order Statistics" (2003), 7.1: the number of n times that lie below the true p95
 * is binomial, so the time of rank r lies below it with the probability that at least r do.
 */
function ranks(n: number): Ranks {
  let found = known.get(n)
  if (found) return found
  // How many lie above is the binomial with the small share, whose terms begin far from zero.
  let term = share ** n
  let fewAbove = term
  let above = 0
  while (fewAbove < tail) {
    above += 1
    term *= ((n - above + 1) / above) * ((1 - share) / share)
    fewAbove += term
  }
  const high = n - above + 1
  while (fewAbove < 1 - tail) {
    above += 1
    term *= ((n - above + 1) / above) * ((1 - share) / share)
    fewAbove += term
  }
  found = { low: n - above, high }
  known.set(n, found)
  return found
}

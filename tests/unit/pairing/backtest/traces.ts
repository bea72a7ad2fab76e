// Traces with a seed: five kinds of people whose times come from four families of distributions, and kinds that are nastier.

import type { TraceLine } from '../../../../agent/pairing/backtest/line.ts'
import { Trace } from '../../../../agent/pairing/backtest/trace.ts'
import { draws } from '../../../harness/draws.ts'

/** From 0 to 1, never 1. */
export type Random = () => number
/** Seconds to the scan; null for who never scans. */
export type Draw = (random: Random) => number | null

/** Of neighbouring seeds too, draws that have nothing to do with one another. */
export function seeded(seed: number): Random {
  return draws(Math.imul(seed + 1, 0x9e3779b1))
}

function standardNormal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

export const lognormal =
  (median: number, sigma: number): Draw =>
  (random) =>
    median * Math.exp(sigma * standardNormal(random))

/** A whole shape: the sum of that many exponential times. */
export const gamma =
  (mean: number, shape: number): Draw =>
  (random) => {
    let sum = 0
    for (let i = 0; i < shape; i += 1) sum -= Math.log(1 - random())
    return (sum * mean) / shape
  }

export const uniform =
  (from: number, to: number): Draw =>
  (random) =>
    from + (to - from) * random()

/** Cut off below one second. */
export const normal =
  (mean: number, sigma: number): Draw =>
  (random) => {
    for (;;) {
      const time = mean + sigma * standardNormal(random)
      if (time >= 1) return time
    }
  }

export const mixed =
  (share: number, one: Draw, other: Draw): Draw =>
  (random) =>
    random() < share ? one(random) : other(random)

export const never =
  (share: number, others: Draw): Draw =>
  (random) =>
    random() < share ? null : others(random)

/** People around so many seconds, of a family that the seed picks. */
function around(seconds: number, seed: number): Draw {
  const families = [
    lognormal(seconds, 0.45),
    gamma(seconds, 4),
    uniform(seconds * 0.3, seconds * 1.7),
    normal(seconds, seconds * 0.3),
  ]
  return families[seed % families.length] as Draw
}

/** The draw of the `i`-th of `n` people, who belongs to the account. */
export type Crowd = (seed: number) => (account: number, i: number, n: number) => Draw

const always = (make: (seed: number) => Draw): Crowd => {
  return (seed) => {
    const draw = make(seed)
    return () => draw
  }
}
const shift = (from: (seed: number) => Draw, to: (seed: number) => Draw): Crowd => {
  return (seed) => {
    const [before, after] = [from(seed), to(seed)]
    return (_, i, n) => (i < n / 2 ? before : after)
  }
}

/** The kinds that the demands are about. */
export const kinds = {
  fast: always((seed) => around(18, seed)),
  slow: always((seed) => around(80, seed)),
  bimodal: always((seed) => mixed(0.7, around(15, seed), normal(105, 15))),
  shift: shift(
    (seed) => around(18, seed),
    (seed) => around(80, seed),
  ),
  never: always((seed) => never(0.2, around(30, seed))),
} satisfies Record<string, Crowd>

export const nastier = {
  'heavy tail': always(() => lognormal(30, 0.8)),
  'many slower than any window': always(() => lognormal(100, 0.5)),
  '40% never': always((seed) => never(0.4, around(30, seed))),
  'slow to fast': shift(
    (seed) => around(80, seed),
    (seed) => around(18, seed),
  ),
  'all equal': always(() => () => 40),
  'slow and 20% never': always((seed) => never(0.2, around(80, seed))),
} satisfies Record<string, Crowd>

/** @param accounts how many, each person's drawn at random */
export function makeTrace(crowd: Crowd, seed: number, n: number, accounts = 1): Trace {
  const random = seeded(seed)
  const drawOf = crowd(seed)
  const trace = new Trace()
  let at = 1_700_000_000_000
  for (let i = 0; i < n; i += 1) {
    at += Math.floor(random() * 600_000)
    const account = Math.floor(random() * accounts)
    const seconds = drawOf(account, i, n)(random)
    trace.add({ account: `a${account}`, at, scanMs: seconds === null ? null : Math.round(seconds * 1000) })
  }
  return trace
}

/** As the lines of a trace file. */
export function asLines(people: Iterable<TraceLine>): string {
  return Array.from(
    people,
    ({ account, at, scanMs }) => `${JSON.stringify({ account, at, scan_ms: scanMs })}\n`,
  ).join('')
}

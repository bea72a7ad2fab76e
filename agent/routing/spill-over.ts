// How levels share the traffic: the first takes all of it while it has enough accounts left, then it gives up in proportion.

/** A level is full as long as 1 / 1.4 = 71% of its accounts may take traffic; with half of them left it keeps 70%. */
const FACTOR = 1.4

/** Accounts of one level: all of them, and those that may take new conversations. */
export interface Strength {
  able: number
  all: number
}

/** The share of each level; they sum to 1, or are all 0 where nobody may take anything. */
export function spillOver(levels: readonly Strength[]): number[] {
  const strengths = levels.map(({ able, all }) => (able > 0 ? Math.min(1, (FACTOR * able) / all) : 0))
  const whole = Math.min(
    1,
    strengths.reduce((sum, strength) => sum + strength, 0),
  )
  if (!(whole > 0)) return levels.map(() => 0)
  let left = 1
  return strengths.map((strength) => {
    const share = Math.min(left, strength / whole)
    left -= share
    return share
  })
}

/** The same without proportion: the first level that has anybody takes everything. */
export function firstOnly(levels: readonly Strength[]): number[] {
  const first = levels.findIndex(({ able }) => able > 0)
  return levels.map((_, i) => (i === first ? 1 : 0))
}

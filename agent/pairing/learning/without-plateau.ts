// The curve of the people who do scan, out of the curve of everybody: the plateau is those who never will.

import type { Curve } from './kaplan-meier.ts'

/**
 * A cure model without a formula for its times: whoever still waits on the plateau is taken for a person who never scans
 * (Maller and Zhou, "Survival analysis with long-term survivors", 1996). The share of the others who still wait is
 * (S - plateau) / (1 - plateau). Greenwood's sum is built anew from the people who are left, so that those who never scan
 * add no doubt about the times of those who do. It assumes that people were watched long enough to tell.
 */
export function withoutPlateau(curve: Curve): Curve {
  const { counts, plateau } = curve
  if (plateau === 0 || plateau === 1) return curve
  const last = counts.length - 1
  const waiting = curve.waiting.map((share, i) => (i === last ? 0 : (share - plateau) / (1 - plateau)))
  const greenwood = new Float64Array(counts.length)
  const watched = new Float64Array(counts.length)
  let before = 1
  let sum = 0
  for (let i = 0; i <= last; i += 1) {
    const share = waiting[i] as number
    const fell = 1 - share / before
    const atRisk = (counts[i] as number) / fell
    sum += fell / ((1 - fell) * atRisk)
    greenwood[i] = sum
    watched[i] = atRisk / before
    before = share
  }
  return { ...curve, waiting, greenwood, watched, plateau: 0 }
}

// Scores over time, as few points as a chart needs.

import { mean } from 'simple-statistics'
import type { KeptEvent } from '../../history/port.ts'
import type { Range } from '../outages.ts'
import type { Sample } from '../trend.ts'
import type { ScoreLine } from './data.ts'

/** Hours, half days or days of a report come out whole. */
const POINTS = { daily: 48, weekly: 56, monthly: 60 } as const

/** The scores among the events, oldest first. */
export function samplesOf(events: readonly KeptEvent[], { from, until }: Range): Sample[] {
  return events.flatMap(({ type, at, score }) =>
    type === 'health.scored' && typeof score === 'number' && at >= from && at < until ? [{ at, score }] : [],
  )
}

/** The mean of each of so many equal parts of the range; a part without a sample has the score that was told last, since silence means no change. */
export function partsOf(
  samples: readonly Sample[],
  { from, until }: Range,
  parts: number,
): (number | null)[] {
  const length = (until - from) / parts
  const sorted: number[][] = Array.from({ length: parts }, () => [])
  for (const { at, score } of samples) sorted[Math.floor((at - from) / length)]?.push(score)
  let last: number | null = null
  return sorted.map((scores) => {
    if (scores.length === 0) return last
    last = scores.at(-1) ?? null
    return mean(scores)
  })
}

export function lineOf(
  account: string,
  samples: readonly Sample[],
  range: Range,
  type: keyof typeof POINTS,
): ScoreLine {
  const parts = POINTS[type]
  const length = (range.until - range.from) / parts
  const points = partsOf(samples, range, parts).map((score, i) => ({
    at: new Date(range.from + (i + 0.5) * length).toISOString(),
    score: score === null ? null : Math.round(score * 10) / 10,
  }))
  return { account, points }
}

// Where an account's score is going: a line through its samples, how far they lie from it, and when it would cross a threshold.

import { linearRegression, mean } from 'simple-statistics'

export interface Sample {
  /** Milliseconds since the epoch. */
  at: number
  score: number
}

export interface Trend {
  samples: number
  mean: number | null
  lowest: number | null
  /** Points per day; null below two moments. */
  slopePerDay: number | null
  direction: 'rising' | 'falling' | 'steady' | 'unknown'
}

const DAY_MS = 24 * 60 * 60_000
const HOUR_MS = 60 * 60_000
/** Less than this is steady, in points per day. */
const STEADY = 1
/** A line through fewer is drawn by chance. */
const FEWEST = 8

export function trendOf(samples: readonly Sample[]): Trend {
  const scores = samples.map(({ score }) => score)
  const line = lineThrough(samples)
  const slopePerDay = line && line.slope * DAY_MS
  return {
    samples: samples.length,
    mean: scores.length === 0 ? null : mean(scores),
    lowest: scores.length === 0 ? null : Math.min(...scores),
    slopePerDay,
    direction:
      slopePerDay === null
        ? 'unknown'
        : Math.abs(slopePerDay) < STEADY
          ? 'steady'
          : slopePerDay > 0
            ? 'rising'
            : 'falling',
  }
}

export interface Forecast {
  method: 'least-squares line over the samples of the range'
  /** The expected score after `hours`, 0 to 100; null where nothing can be said. */
  expected: number | null
  /** Root of the mean square distance of the samples from the line, in points: about two thirds of what comes lies within it. */
  error: number | null
  /** Whether even the expected score plus the error is below the threshold (yes), only less the error (maybe), or neither (no). */
  below: 'yes' | 'maybe' | 'no' | 'unknown'
}

/** Will the score be below `threshold` in so many hours, if it goes on like this? Says nothing from fewer than eight samples. */
export function forecast(
  samples: readonly Sample[],
  now: number,
  hours: number,
  threshold: number,
): Forecast {
  const method = 'least-squares line over the samples of the range'
  const line = samples.length < FEWEST ? null : lineThrough(samples)
  if (!line) return { method, expected: null, error: null, below: 'unknown' }
  const squares = samples.map(({ at, score }) => (score - line.at(at)) ** 2)
  const error = Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / (samples.length - 2))
  const expected = Math.min(100, Math.max(0, line.at(now + hours * HOUR_MS)))
  const below = expected + error < threshold ? 'yes' : expected - error < threshold ? 'maybe' : 'no'
  return { method, expected, error, below }
}

/** Null below two different moments. */
function lineThrough(samples: readonly Sample[]): { slope: number; at(ms: number): number } | null {
  const first = samples[0]
  if (!first || samples.every(({ at }) => at === first.at)) return null
  // Counted from the first one: epochs squared lose the digits that matter.
  const { m, b } = linearRegression(samples.map(({ at, score }) => [at - first.at, score]))
  return { slope: m, at: (ms) => m * (ms - first.at) + b }
}

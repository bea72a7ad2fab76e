// The score of one account or of the fleet: the weighted mean of what was observed, never above what the evidence allows.

import { mean } from 'simple-statistics'
import type { Cap } from './caps.ts'
import type { Counts } from './counts.ts'
import { type Factor, factorsOf, type Weights } from './factors.ts'

export interface Score {
  /** 0 to 100, to one decimal; null when nothing is known. */
  score: number | null
  /** Share of the weights whose factors were observed, 0 to 1: how much of the whole the score speaks of. */
  confidence: number
  factors: Factor[]
  /** The lowest first. */
  caps: Cap[]
}

/** @param weights not negative; those of the observed factors are scaled to sum to 1 */
export function scoreOf(counts: Counts, caps: readonly Cap[], weights: Weights): Score {
  const factors = factorsOf(counts)
  let sum = 0
  let observed = 0
  let all = 0
  for (const { name, score } of factors) {
    all += weights[name]
    if (score === null) continue
    sum += weights[name] * score
    observed += weights[name]
  }
  const mean = observed > 0 ? sum / observed : null
  const lowest = caps.reduce((low, { at }) => Math.min(low, at), Number.POSITIVE_INFINITY)
  // Nothing observed and nothing against it is not health: it is ignorance.
  const known = mean ?? (lowest < Number.POSITIVE_INFINITY ? lowest : null)
  return {
    score: known === null ? null : round(Math.min(known, lowest)),
    confidence: all > 0 ? observed / all : 0,
    factors,
    caps: [...caps],
  }
}

/** The mean over the accounts that have a score, and of the confidences of all of them. */
export function fleetScore(scores: readonly Pick<Score, 'score' | 'confidence'>[]): {
  score: number | null
  confidence: number
} {
  const known = scores.flatMap(({ score }) => (score === null ? [] : [score]))
  if (known.length === 0) return { score: null, confidence: 0 }
  return { score: round(mean(known)), confidence: mean(scores.map(({ confidence }) => confidence)) }
}

function round(score: number): number {
  return Math.round(score * 10) / 10
}

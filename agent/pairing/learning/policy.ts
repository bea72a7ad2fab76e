// What a policy is: from what is known, and how often in a row, to the window of the next attempt.

import type { Observation } from './observation.ts'

/** What the pairing section of the configuration becomes. Times in ms, shares above 0 and below 1. */
export interface PolicySettings {
  /** The window while too little is known; from `minMs` to `maxMs`. */
  readonly baseMs: number
  readonly minMs: number
  readonly maxMs: number
  /** Scans that must be known before anything is learned from them. */
  readonly minimumScans: number
  /** Confidence below which a policy does not trust what it has learned as it stands. */
  readonly confidence: number
  /** Share of the people who scan that the window should be long enough for. */
  readonly quantile: number
}

/** Both from the oldest to the newest, and neither changes once a policy has seen it: what it says is remembered by identity. */
export interface Known {
  readonly account: readonly Observation[]
  readonly fleet: readonly Observation[]
}

export interface WindowDecision {
  /** Whole milliseconds, from `minMs` to `maxMs`. */
  readonly windowMs: number
  /** Whose scan times the window was learned from. */
  readonly source: 'account' | 'fleet' | 'base'
  /** How well `p95Ms` is known, from 0 to 1. */
  readonly confidence: number
  /** The learned p95 in ms, of the fleet where `source` says so and otherwise of the account; null while nobody can say. */
  readonly p95Ms: number | null
}

/** @param inARow regenerations since the last scan or reset: 0 for the first attempt of a row */
export type Policy = (known: Known, inARow: number, settings: PolicySettings) => WindowDecision

export function clamp(ms: number, { minMs, maxMs }: PolicySettings): number {
  return Math.round(Math.min(maxMs, Math.max(minMs, ms)))
}

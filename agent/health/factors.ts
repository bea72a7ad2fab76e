// The five factors of health: each is linear between the value that is worth 100 and the value that is worth 0.

import type { Counts } from './counts.ts'

export const factorNames = ['uptime', 'qrQuality', 'errorRate', 'responseTime', 'messageProcessing'] as const
export type FactorName = (typeof factorNames)[number]
export type Weights = Readonly<Record<FactorName, number>>

export interface Factor {
  name: FactorName
  /** In the factor's own unit; null without observations. */
  value: number | null
  /** 0 to 100; null without observations. */
  score: number | null
}

/** Where a factor is worth 100 and where it is worth nothing, in its own unit. */
const ends: Readonly<Record<FactorName, readonly [best: number, worst: number]>> = {
  uptime: [99.9, 95], // percent of the time that it was wanted up
  qrQuality: [1, 10], // regenerations per 100 connections
  errorRate: [0.1, 5], // percent of the operations
  responseTime: [10_000, 60_000], // mean milliseconds from accept to the server's acknowledgement
  messageProcessing: [99, 90], // percent acknowledged or handled
}

/** 100 at `best` and beyond, 0 at `worst` and beyond, linear between; NaN is no value. */
export function linear(value: number, [best, worst]: readonly [number, number]): number {
  const share = (value - worst) / (best - worst)
  return 100 * Math.min(1, Math.max(0, share))
}

/** All five, in the order of factorNames. Nothing is said from nothing: a factor without observations has no score. */
export function factorsOf(counts: Counts): Factor[] {
  const values: Record<FactorName, number | null> = {
    uptime: percent(counts.upMs, counts.wantedMs),
    // Codes made again for a phone that was never linked are as bad as it gets.
    qrQuality:
      counts.connections > 0
        ? (100 * counts.regenerations) / counts.connections
        : counts.regenerations > 0
          ? Number.POSITIVE_INFINITY
          : null,
    errorRate: percent(counts.failed, counts.attempted),
    responseTime: counts.acks > 0 ? counts.ackMsSum / counts.acks : null,
    messageProcessing: percent(Math.max(0, counts.processed - counts.undone), counts.messages),
  }
  return factorNames.map((name) => {
    const value = values[name]
    return { name, value, score: value === null ? null : linear(value, ends[name]) }
  })
}

function percent(part: number, whole: number): number | null {
  return whole > 0 ? Math.min(100, (100 * part) / whole) : null
}

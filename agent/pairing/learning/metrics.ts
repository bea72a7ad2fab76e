// The figures of scan times as the API gives them: whole milliseconds, null where there is nothing yet.

import { mean, median } from 'simple-statistics'
import type { Observation } from './observation.ts'
import type { PolicyName } from './policies/index.ts'
import type { PolicySettings, WindowDecision } from './policy.ts'

/** All times in ms. */
export interface ScanMetrics {
  /** Scans ever recorded or loaded; the other figures are of the newest 500 people. */
  totalScans: number
  averageQRScanTime: number | null
  medianQRScanTime: number | null
  /** The p95 as the policy estimates it; null while it cannot say. */
  p95QRScanTime: number | null
  /** Scans that must be known before anything is learned from them. */
  minimumScans: number
  recommendedTimeout: number
  /** How well the p95 is known, from 0 to 1. */
  confidence: number
  /** ISO 8601; when the newest of the people scanned or gave up. */
  lastUpdated: string | null
  policy: PolicyName
  /** Whose scan times the recommended timeout comes from. */
  source: WindowDecision['source']
}

export interface About {
  totalScans: number
  /** What the policy says from these people alone. */
  own: WindowDecision
  /** What it says with the fleet in mind. */
  decision: WindowDecision
  policy: PolicyName
  settings: PolicySettings
}

export function scanMetrics(people: readonly Observation[], about: About): ScanMetrics {
  const { average, middle } = centre(people)
  const newest = people.at(-1)
  return {
    totalScans: about.totalScans,
    averageQRScanTime: average,
    medianQRScanTime: middle,
    p95QRScanTime: about.own.p95Ms,
    minimumScans: about.settings.minimumScans,
    recommendedTimeout: about.decision.windowMs,
    confidence: about.own.confidence,
    lastUpdated: newest ? new Date(newest.at).toISOString() : null,
    policy: about.policy,
    source: about.decision.source,
  }
}

interface Centre {
  average: number | null
  middle: number | null
}

const known = new WeakMap<readonly Observation[], Centre>()

/** Kept as long as the list, which never changes: a scrape asks for a thousand accounts of which none has moved. */
function centre(people: readonly Observation[]): Centre {
  let said = known.get(people)
  if (!said) {
    const times = people.filter(({ scanned }) => scanned).map(({ ms }) => ms)
    said =
      times.length === 0
        ? { average: null, middle: null }
        : { average: Math.round(mean(times)), middle: Math.round(median(times)) }
    known.set(people, said)
  }
  return said
}

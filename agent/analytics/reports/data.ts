// What a report says, as plain values that every form of it is drawn from. Times are ISO 8601, durations milliseconds, shares 0 to 1; null is "not known".

import type { ReportType } from '../../words.ts'
import type { Trend } from '../trend.ts'

export interface Health {
  /** At the end of the period. */
  now: number | null
  mean: number | null
  lowest: number | null
  /** Points per day. */
  slopePerDay: number | null
  direction: Trend['direction']
  samples: number
}

export interface Recovery {
  /** Share of the time in which it was wanted that it served. */
  reliability: number | null
  /** Share of the time that the session was up with fresh evidence, as health counts it, averaged over the scores of the period. */
  uptime: number | null
  /** Times that it stopped serving without having been asked to. */
  outages: number
  /** Outages that ended with it serving again. */
  recoveries: number
  meanTimeToRecovery: number | null
}

export interface QrFigures {
  generated: number
  regenerations: number
  scans: number
  /** From the first look at a code to its scan. */
  averageTimeToConnect: number | null
}

export interface Messages {
  /** By the server. Counted over 24 hours only, so known for a daily report that ends now. */
  acknowledged: number | null
  /** Messages that ended without an acknowledgement: failed, expired, or nobody knows. */
  failed: number
  /** Attempts to send that were not acknowledged; most are repeated. */
  failedAttempts: number
  /** Share of what was sent and received that was acknowledged or handled. */
  processed: number | null
  meanTimeToAck: number | null
}

export interface HeldIssue {
  issue: string
  /** The worst that was said of it. */
  severity: string
  times: number
  heldMs: number
  /** At the end of the period. */
  holds: boolean
  recommendation: string
}

export interface AccountReport {
  account: string
  /** Masked, unless the configuration says otherwise. */
  phone: string
  pool: string
  role: string
  region: string
  /** Whether the history has anything of it in this period: without, the figures say nothing. */
  known: boolean
  health: Health
  recovery: Recovery
  qr: QrFigures
  messages: Messages
  /** Failovers from this account, by how they ended. */
  failovers: Record<string, number>
  issues: HeldIssue[]
}

export interface FleetTotals {
  accounts: number
  /** Accounts with a history in the period. */
  known: number
  health: { mean: number | null; lowest: number | null }
  reliability: number | null
  uptime: number | null
  outages: number
  recoveries: number
  meanTimeToRecovery: number | null
  qr: QrFigures
  messages: Messages
  failovers: number
  issues: number
}

/** A score over time; the points lie at the middle of equal parts of the period, null where there is none. */
export interface ScoreLine {
  account: string
  points: { at: string; score: number | null }[]
}

export interface ReportData {
  type: ReportType
  from: string
  until: string
  madeAt: string
  timezone: string
  /** From these scores on an account is healthy, and below the other it is unhealthy. */
  thresholds: { healthyFrom: number; unhealthyBelow: number }
  fleet: FleetTotals
  /** The same over the period before; null where the history does not reach back over all of it. */
  before: FleetTotals | null
  /** The three with the lowest mean score among those below 100. */
  worst: ScoreLine[]
  /** Outages by weekday (Monday first) and hour of the time zone. */
  outageTimes: number[][]
  accounts: AccountReport[]
  /** What the reader must know to believe the figures no more than they deserve. */
  notes: string[]
}

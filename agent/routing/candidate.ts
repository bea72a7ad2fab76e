// What routing knows of an account, what is asked of it, and what it answers: plain values, taken at one moment.

import type { HealthStatus } from '../health/status.ts'
import type { AccountMode, RouteReason, StrategyName } from '../words.ts'

/** An account of the pool, on whichever node it runs. Times are milliseconds since the epoch. */
export interface Candidate {
  account: string
  role: 'primary' | 'backup'
  /** 1 to 100, lower first; every backup comes after every primary. */
  priority: number
  /** 0.1 to 100: its share among equals. */
  weight: number
  region: string
  mode: AccountMode
  /** Its session can send now. */
  usable: boolean
  /** In a few words for people; null where it is usable. */
  unusableBecause: string | null
  /** False for one that nobody has linked yet: it is no strength that its level has lost. */
  linked: boolean
  healthStatus: HealthStatus
  /** Messages queued for it or on their way. */
  active: number
  /** It starts slowly since then; null for one that never was away. */
  returnedAt: number | null
  /** No new conversations until then: its limit of the day is spent; null for one that may send. */
  spentUntil: number | null
  /** No new conversations until then, after failures in a row; null for one that was not ejected. */
  ejectedUntil: number | null
}

export interface Request {
  /** The account that the conversation had last. */
  pinned: string | null
  /** Accounts of this region are preferred; null where it does not matter. */
  region: string | null
  /** The account that the caller named. */
  bound: string | null
  /** Accounts that must not have it, whatever else is said. */
  except?: readonly string[]
}

export interface Decision {
  /** Null parks the message: it waits in the store until somebody may take it. */
  account: string | null
  reason: RouteReason
  strategy: StrategyName
  /** Place of the account's level, from 0; null where no level was looked at. */
  level: number | null
}

/** What one account may expect of the requests of this kind, and why. */
export interface Considered {
  account: string
  /** 0 to 1; all of them sum to 1, or to 0 where the message is parked. */
  share: number
  why: string
}

export interface RoutingSettings {
  strategy: StrategyName
  /** For so long an account that returns gets less than its weight, in milliseconds. */
  slowStartMs: number
  /** The region that `geo` goes by where the request names none. */
  region: string | null
}

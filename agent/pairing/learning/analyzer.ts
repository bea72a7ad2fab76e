// Scan times per account and of the fleet, and the window that the chosen policy makes of them.

import { type ScanMetrics, scanMetrics } from './metrics.ts'
import { checked, joined, type Observation } from './observation.ts'
import { type PolicyName, policies } from './policies/index.ts'
import type { Known, PolicySettings, WindowDecision } from './policy.ts'
import { Recent } from './recent.ts'

interface Entry {
  readonly recent: Recent
  /** What was recorded last: the person whom a regeneration in the same row would show again. */
  last: Observation | null
  totalScans: number
}

/**
 * Knows the newest 500 people of each account and of the fleet; about 80 bytes for each of them, shared by the two. All
 * attempts of one row count as one person (see `joined`). Nothing is computed when something is recorded, and what was
 * computed for a list of people is kept until that list changes: a scan of one account makes nobody compute but it and, once
 * for all of them, the accounts that live on the fleet's times.
 */
export class ScanTimeAnalyzer {
  readonly policy: PolicyName
  readonly settings: PolicySettings
  #accounts = new Map<string, Entry>()
  #fleet: Entry = { recent: new Recent(), last: null, totalScans: 0 }

  constructor(policy: PolicyName, settings: PolicySettings) {
    this.policy = policy
    this.settings = settings
  }

  /**
   * @param ms from the first view to the scan
   * @param at when it was scanned, in ms since the epoch
   * @param inARow regenerations before this attempt in the same row
   * Throws RangeError for figures that cannot be: negative, not a number, longer than a day.
   */
  recordScan(account: string, ms: number, at: number, inARow = 0): void {
    this.#record(account, { at, ms, scanned: true, inARow })
  }

  /** As `recordScan`, for an attempt that somebody viewed and nobody scanned; `ms` runs to the moment it was cut off. */
  recordExpiry(account: string, ms: number, at: number, inARow = 0): void {
    this.#record(account, { at, ms, scanned: false, inARow })
  }

  /** Takes in what was recorded before this process started, in any order. Throws RangeError and then takes nothing. */
  load(account: string, observations: Iterable<Observation>): void {
    const good = Array.from(observations, checked).sort((a, b) => a.at - b.at)
    for (const observation of good) this.#add(account, observation)
  }

  /** Forgets the account. Its people stay in the fleet's list until newer ones take their place. */
  forget(account: string): void {
    this.#accounts.delete(account)
  }

  /** Mean of the account's known scan times in ms; null without scans. */
  averageScanTime(account: string): number | null {
    return this.metrics(account).averageQRScanTime
  }

  /** The window of the account's next attempt; an account that nothing is known of gets the fleet's or the base. */
  recommendedWindow(account: string, inARow = 0): WindowDecision {
    return this.#decide({ account: this.#list(account), fleet: this.#fleet.recent.list }, inARow)
  }

  /** What the policy would say if the whole fleet were one account. */
  fleetWindow(): WindowDecision {
    return this.#decide({ account: this.#fleet.recent.list, fleet: nobody }, 0)
  }

  /** The figures of one account, about its own people; the recommended timeout is that of a first attempt. */
  metrics(account: string): ScanMetrics {
    const entry = this.#accounts.get(account)
    const list = entry?.recent.list ?? nobody
    return this.#metrics(list, entry?.totalScans ?? 0, this.recommendedWindow(account))
  }

  /** The figures of every account that has been heard of. */
  metricsForAll(): Map<string, ScanMetrics> {
    return new Map(Array.from(this.#accounts.keys(), (account) => [account, this.metrics(account)]))
  }

  /** The figures of all accounts together. */
  fleetMetrics(): ScanMetrics {
    return this.#metrics(this.#fleet.recent.list, this.#fleet.totalScans, this.fleetWindow())
  }

  #metrics(list: readonly Observation[], totalScans: number, decision: WindowDecision): ScanMetrics {
    const own = this.#decide({ account: list, fleet: nobody }, 0)
    return scanMetrics(list, { totalScans, own, decision, policy: this.policy, settings: this.settings })
  }

  #decide(known: Known, inARow: number): WindowDecision {
    return policies[this.policy](known, inARow, this.settings)
  }

  #list(account: string): readonly Observation[] {
    return this.#accounts.get(account)?.recent.list ?? nobody
  }

  #record(account: string, observation: Observation): void {
    this.#add(account, checked(observation))
  }

  #add(account: string, observation: Observation): void {
    let entry = this.#accounts.get(account)
    if (!entry) {
      entry = { recent: new Recent(), last: null, totalScans: 0 }
      this.#accounts.set(account, entry)
    }
    const before = entry.last
    const together = before && joined(before, observation)
    if (before && together) for (const { recent } of [entry, this.#fleet]) recent.remove(before)
    entry.last = together ?? observation
    for (const one of [entry, this.#fleet]) {
      one.recent.add(entry.last)
      if (observation.scanned) one.totalScans += 1
    }
  }
}

const nobody: readonly Observation[] = []

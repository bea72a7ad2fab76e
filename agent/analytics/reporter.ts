// Makes the fleet report every minute and keeps it in memory, with an hour of the past for its trend.

import { schedule } from 'node-cron'
import type { Bus } from '../events.ts'
import { type FleetReport, fleetReport, type Master, type Point, pointOf } from './fleet-report.ts'

const WHEN = '0 * * * * *'
const MINUTE_MS = 60_000
/** Reports that are remembered: an hour of them. */
const REMEMBERED = 60
/** Recoveries that the mean is made from. */
const RECOVERIES = 200
const FAILOVERS = 20

export interface ReporterParts {
  bus: Bus
  masters(): Iterable<Master>
  /** Messages that nobody may take. */
  parked(): number
}

export class Reporter {
  #parts: ReporterParts
  #past: Point[] = []
  #report: FleetReport | null = null
  #downSince = new Map<string, number>()
  #recoveries: number[] = []
  #failovers: { account: string; outcome: string; at: number }[] = []
  #leave: (() => void)[]

  constructor(parts: ReporterParts) {
    this.#parts = parts
    const { bus } = parts
    this.#leave = [
      bus.on('session.closed', ({ account = '', reason, openForMs }) => {
        if (openForMs !== null && reason !== 'asked') this.#downSince.set(account, performance.now())
      }),
      bus.on('session.opened', ({ account = '' }) => {
        const since = this.#downSince.get(account)
        if (since === undefined || !this.#downSince.delete(account)) return
        this.#recoveries = [...this.#recoveries, performance.now() - since].slice(-RECOVERIES)
      }),
      // Somebody who keeps an account down is no part of the time to recovery.
      bus.on('session.state-changed', ({ account = '', to }) => {
        if (to === 'stopped') this.#downSince.delete(account)
      }),
      bus.on('failover.ended', ({ account = '', outcome, at }) => {
        this.#failovers = [...this.#failovers, { account, outcome, at }].slice(-FAILOVERS)
      }),
    ]
  }

  /** Begins; answers the function that ends it. */
  start(): () => Promise<void> {
    const make = (): void => void this.make()
    const task = schedule(WHEN, make, { noOverlap: true, name: 'fleet report', suppressMissedWarning: true })
    // A process that stood still makes one when it goes on, not one for each minute: those would be all of its past.
    task.on('execution:missed', () => {
      if (Date.now() - (this.#past.at(-1)?.at ?? 0) >= MINUTE_MS) make()
    })
    return async () => {
      for (const leave of this.#leave) leave()
      await task.destroy()
    }
  }

  /** The last one; made now where there is none yet. */
  report(): FleetReport {
    return this.#report ?? this.make()
  }

  make(): FleetReport {
    const { bus, masters, parked } = this.#parts
    const facts = {
      at: Date.now(),
      masters: [...masters()],
      recoveries: this.#recoveries,
      parked: parked(),
      failovers: this.#failovers,
    }
    const report = fleetReport(facts, this.#past)
    this.#past = [...this.#past, pointOf(facts)].slice(-REMEMBERED)
    this.#report = report
    const { totals, failurePercent, openProblems } = report
    bus.emit('fleet.reported', {
      accounts: totals.accounts,
      up: totals.up,
      failurePercent,
      problems: openProblems.length,
    })
    return report
  }
}

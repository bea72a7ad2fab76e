// The health of every account, kept in memory: scored on schedule and at once when something that matters happens, with its diagnoses.

import { setImmediate as turn } from 'node:timers/promises'
import type { AnyEvent, Bus, EventType } from '../events.ts'
import { capsOf, downAfterMs } from './caps.ts'
import type { RollingCounts } from './counts.ts'
import type { Finding } from './diagnosis.ts'
import { diagnose } from './diagnostics/index.ts'
import type { Weights } from './factors.ts'
import { AccountRecord } from './record.ts'
import { fleetScore, scoreOf } from './score.ts'
import { type HealthStatus, statusOf, type Thresholds } from './status.ts'
import { type HealthReport, type Told, tell } from './tell.ts'
import type { View } from './view.ts'

export interface MonitorParts {
  bus: Bus
  /** Every account of this process; looked at one by one, so that ten thousand are not made in one go. */
  views(): Iterable<View>
  /** One of them; undefined when it is gone. */
  view(account: string): View | undefined
  weights: Weights
  thresholds: Thresholds
  /** Whether a message is one of Linda's own tests; none is where this is absent. */
  isCanary?(messageId: string): boolean
  /** Milliseconds of a clock that never goes back. */
  monotonic?(): number
}

/** A turn of the event loop is not held for longer, in milliseconds. */
const SLICE_MS = 5
/** Between the start and the first opening of a session it is not yet held against it that it is down, for so long (milliseconds). */
const GRACE_MS = 60_000
/** Up for so long, a session has come back (milliseconds). */
const STEADY_MS = 30_000

/** After these the account is looked at again at once. */
const matters: ReadonlySet<EventType> = new Set<EventType>([
  'session.state-changed',
  'session.evidence-lost',
  'session.restricted',
  'session.restriction-lifted',
  'store.write-fenced',
  'pairing.regenerated',
  'pairing.given-up',
  'pairing.scanned',
  'message.undecryptable',
])

/** A login that is refused for a while changes no state: it goes on dialling. */
function isOfMatter(event: AnyEvent): boolean {
  return matters.has(event.type) || (event.type === 'session.closed' && event.reason === 'temporarily-banned')
}

interface Kept extends Told {
  record: AccountRecord
  report: HealthReport | null
  downSince: number | null
  upSince: number | null
  everUp: boolean
  dirty: boolean
}

export class HealthMonitor {
  #parts: MonitorParts
  #kept = new Map<string, Kept>()
  #clock: () => number
  #startedAt: number
  #tickedAt: number
  #leave: () => void
  #pass: Promise<void> | null = null
  /** Scores computed since the agent started. */
  looks = 0

  constructor(parts: MonitorParts) {
    this.#parts = parts
    this.#clock = parts.monotonic ?? (() => performance.now())
    this.#startedAt = this.#clock()
    this.#tickedAt = this.#startedAt
    this.#leave = parts.bus.onAny((event) => this.#take(event))
  }

  stop(): void {
    this.#leave()
  }

  report(account: string): HealthReport | null {
    return this.#kept.get(account)?.report ?? null
  }

  reports(): HealthReport[] {
    return [...this.#kept.values()].flatMap(({ report }) => report ?? [])
  }

  /** What an account has been through; zeros for one that is not known. */
  troubles(account: string): { failuresInARow: number; recoveryAttempts: number } {
    const { failuresInARow = 0, recoveryAttempts = 0 } = this.#kept.get(account)?.record ?? {}
    return { failuresInARow, recoveryAttempts }
  }

  /** The accounts of which something is counted. */
  accounts(): Iterable<string> {
    return this.#kept.keys()
  }

  /** What is counted of an account; begun where nothing is yet. */
  counts(account: string): RollingCounts {
    return this.#of(account).record.counts
  }

  /** All of them together, or those of whom the reports are. */
  fleet(reports = this.reports()): { score: number | null; confidence: number; status: HealthStatus } {
    const { score, confidence } = fleetScore(reports)
    return { score, confidence, status: statusOf(score, 'unknown', this.#parts.thresholds) }
  }

  /**
   * Adds up for how long each session was up since the last time. A process that did not turn saw nothing, so a gap that is longer than
   * `maxMs` counts for no more than that.
   */
  tick(maxMs: number): void {
    const now = this.#clock()
    const elapsed = Math.min(maxMs, Math.max(0, now - this.#tickedAt))
    this.#tickedAt = now
    for (const view of this.#parts.views()) {
      const { account, state, up } = view
      const kept = this.#of(account)
      kept.everUp ||= up
      kept.upSince = up ? (kept.upSince ?? now) : null
      // A session that comes up for a moment every minute is down.
      if (kept.upSince !== null && now - kept.upSince >= STEADY_MS) kept.downSince = null
      else if (!up) kept.downSince ??= now
      const early = !kept.everUp && now - this.#startedAt < GRACE_MS
      if (state !== 'stopped' && !early) kept.record.tick(up, elapsed, now)
      // Nothing happens while a session is down, so nothing else would look.
      const down = kept.downSince !== null && now - kept.downSince >= downAfterMs
      if (down !== (kept.report?.caps.some(({ name }) => name === 'down') ?? false)) this.#look(view)
    }
  }

  /** Scores and diagnoses every account, a slice at a time. One pass at a time: a second caller waits for the one under way. */
  pass(): Promise<void> {
    this.#pass ??= this.#passOnce().finally(() => {
      this.#pass = null
    })
    return this.#pass
  }

  /** Diagnoses every account anew without scoring it: some things show by the passing of time alone. */
  glance(): Promise<void> {
    return this.#inSlices(this.#parts.views(), (view) => {
      const kept = this.#of(view.account)
      if (kept.report) this.#update(kept, { ...kept.report, findings: this.#diagnose(kept, view) })
    })
  }

  async #passOnce(): Promise<void> {
    const gone = new Set(this.#kept.keys())
    await this.#inSlices(this.#parts.views(), (view) => {
      gone.delete(view.account)
      this.#look(view)
    })
    for (const account of gone) this.#kept.delete(account)
  }

  async #inSlices(views: Iterable<View>, work: (view: View) => void): Promise<void> {
    let sliceEndsAt = this.#clock() + SLICE_MS
    for (const view of views) {
      work(view)
      if (this.#clock() < sliceEndsAt) continue
      await turn()
      sliceEndsAt = this.#clock() + SLICE_MS
    }
  }

  #take(event: AnyEvent): void {
    const { account } = event
    if (account === undefined || event.type === 'health.scored') return
    const kept = this.#of(account)
    const { record } = kept
    const { deaf, unacknowledged } = record
    record.take(event, this.#clock())
    const turned = record.deaf !== deaf || record.unacknowledged !== unacknowledged
    if (kept.dirty || !(turned || isOfMatter(event))) return
    kept.dirty = true
    // Several events come together, in the middle of a change: look once, when it is whole.
    queueMicrotask(() => {
      kept.dirty = false
      const view = this.#parts.view(account)
      if (view) this.#look(view)
    })
  }

  #look(view: View): void {
    const { weights, thresholds } = this.#parts
    const kept = this.#of(view.account)
    this.looks += 1
    const now = this.#clock()
    const at = Date.now()
    const caps = capsOf({
      state: view.state,
      lastReason: view.lastDisconnect?.reason ?? null,
      zombie: kept.record.zombie,
      deaf: kept.record.deaf,
      unacknowledged: kept.record.unacknowledged,
      restricted: view.restriction !== null,
      downMs: kept.downSince === null ? 0 : now - kept.downSince,
    })
    const score = scoreOf(kept.record.counts.sums(now), caps, weights)
    const status = statusOf(score.score, kept.report?.status ?? 'unknown', thresholds)
    const findings = this.#diagnose(kept, view)
    this.#update(kept, { account: view.account, status, at, findings, ...score })
  }

  #diagnose(kept: Kept, view: View): Finding[] {
    return diagnose(kept.record.facts(view, Date.now()))
  }

  #update(kept: Kept, report: HealthReport): void {
    const before = kept.report
    kept.report = report
    tell(this.#parts.bus, kept, before, report)
  }

  #of(account: string): Kept {
    let kept = this.#kept.get(account)
    if (!kept) {
      kept = {
        record: new AccountRecord(this.#parts.isCanary),
        report: null,
        toldAt: 0,
        toldScore: null,
        downSince: null,
        upSince: null,
        everUp: false,
        dirty: false,
      }
      this.#kept.set(account, kept)
    }
    return kept
  }
}

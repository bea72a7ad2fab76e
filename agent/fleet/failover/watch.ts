// Watches the accounts of this process for faults and begins failovers; brings back who is well again when its time out is over.

import type { Bus } from '../../events.ts'
import type { SessionSnapshot } from '../../session/snapshot.ts'
import type { AccountMode } from '../../words.ts'
import { type Fault, type FaultFacts, type FaultPolicy, faultOf } from './fault.ts'
import { ownTrouble } from './own-trouble.ts'
import type { Runner } from './runner.ts'

export interface Watched {
  account: string
  pool: string
  readonly snapshot: SessionSnapshot
}

export interface WatchParts {
  bus: Bus
  runner: Runner
  members(): Iterable<Watched>
  /** `parked`: what took it out found nobody who could take over; `byPerson`: a person took it out, and brings it back. */
  mode(account: string): { mode: AccountMode; blockedUntil: number; parked: boolean; byPerson: boolean }
  /** Why nothing is done by itself; null where it is. */
  off(pool: string): string | null
  /** Somebody else of the pool could take over. */
  othersFor(account: string, pool: string): boolean
  /** Puts an account back that a failover had taken out. */
  putBack(account: string, why: string): Promise<void>
  returns: 'auto' | 'manual'
  policy: FaultPolicy
}

const TICK_MS = 250
/** Up for so long, an account is well again; and where its pool has nobody else, everything waits for it. */
const STEADY_MS = 30_000
const STEADY_ALONE_MS = 3_000

interface Known {
  evidenceLostAt: number | null
  /** How long it had been silent when that was noticed. */
  silentMs: number
  downSince: number | null
  upSince: number | null
  failedDials: number
  /** When a soft fault was first seen. */
  softAt: number | null
  returning: boolean
  /** What was last said of why nothing is done. */
  held: string | null
}

export class FailoverWatch {
  #parts: WatchParts
  #known = new Map<string, Known>()
  #leave: (() => void)[] = []
  #tickedAt = performance.now()
  #stall = { stalledMs: 0, stalledAt: Number.NEGATIVE_INFINITY }

  constructor(parts: WatchParts) {
    this.#parts = parts
  }

  start(): () => void {
    const { bus } = this.#parts
    const of = (account: string | undefined): Known => this.#of(account ?? '')
    this.#leave = [
      bus.on('session.opened', ({ account }) => {
        Object.assign(of(account), { evidenceLostAt: null, failedDials: 0, downSince: null, softAt: null })
      }),
      bus.on('session.connect-failed', ({ account }) => {
        of(account).failedDials += 1
      }),
      bus.on('session.closed', ({ account, openForMs }) => {
        if (openForMs !== null) of(account).downSince ??= performance.now()
      }),
      bus.on('session.evidence-lost', ({ account, silentMs }) => {
        Object.assign(of(account), { evidenceLostAt: performance.now(), silentMs })
        this.#soon()
      }),
      bus.on('session.state-changed', () => this.#soon()),
      bus.on('session.restricted', () => this.#soon()),
    ]
    const timer = setInterval(() => this.#tick(), TICK_MS)
    this.#leave.push(() => clearInterval(timer))
    return () => {
      for (const leave of this.#leave) leave()
    }
  }

  #soon(): void {
    // Several events come together, in the middle of a change: look when it is whole.
    queueMicrotask(() => this.#look())
  }

  #tick(): void {
    const now = performance.now()
    const lateMs = now - this.#tickedAt - TICK_MS
    this.#tickedAt = now
    if (lateMs > TICK_MS) this.#stall = { stalledMs: lateMs, stalledAt: now }
    this.#look()
  }

  #look(): void {
    const now = performance.now()
    const faults: { watched: Watched; fault: Fault; known: Known }[] = []
    let live = 0
    for (const watched of this.#parts.members()) {
      const { account, snapshot } = watched
      const known = this.#of(account)
      known.upSince = snapshot.up ? (known.upSince ?? now) : null
      if (snapshot.up || known.downSince !== null) live += 1
      const { mode } = this.#parts.mode(account)
      if (mode === 'out') this.#maybeReturn(watched, known, now)
      if (mode !== 'up' && mode !== 'draining') continue
      const fault = faultOf(factsOf(snapshot, known), this.#parts.policy, now)
      known.softAt = fault && !fault.hard ? (known.softAt ?? now) : null
      if (!fault) known.held = null
      if (fault) faults.push({ watched, fault, known })
    }
    const softFaultsAt = faults.flatMap(({ known }) => known.softAt ?? [])
    const trouble = ownTrouble({ accounts: live, softFaultsAt, ...this.#stall }, now)
    for (const { watched, fault, known } of faults) this.#act(watched, fault, known, trouble)
  }

  #act({ account, pool, snapshot }: Watched, fault: Fault, known: Known, trouble: string | null): void {
    const { bus, runner, mode, off, othersFor } = this.#parts
    if (runner.busy(account)) return
    const { blockedUntil } = mode(account)
    const damped = blockedUntil > Date.now() ? `damped until ${new Date(blockedUntil).toISOString()}` : null
    const alone = fault.hard || othersFor(account, pool) ? null : 'nobody of the pool could take over'
    const why = off(pool) ?? damped ?? (fault.hard ? null : trouble) ?? alone
    // Said once, and again when it is for another reason: this is looked at twice a second.
    const said = why === null ? null : `${fault.cause}: ${why}`
    if (said !== null && said !== known.held)
      bus.emit('failover.held', { pool, cause: fault.cause, why: why as string }, { account })
    known.held = said
    if (why !== null) return
    const { cause, hard } = fault
    const silentMs =
      cause === 'zombie'
        ? Math.max(known.evidenceLostAt === null ? 0 : known.silentMs, snapshot.withheld.ms)
        : 0
    const faultAt = Date.now() - silentMs
    void runner
      .start({
        pool,
        account,
        kind: 'automatic',
        cause,
        hard,
        to: null,
        faultAt,
        who: 'linda',
        origin: bus.node,
      })
      .catch(() => {}) // the store says so itself, and the next tick tries again
  }

  #maybeReturn({ account, snapshot }: Watched, known: Known, now: number): void {
    const { returns, runner, mode, putBack } = this.#parts
    const { blockedUntil, parked, byPerson } = mode(account)
    const steadyMs = parked ? STEADY_ALONE_MS : STEADY_MS
    const steady = known.upSince !== null && now - known.upSince >= steadyMs
    const well = steady && snapshot.state === 'open' && snapshot.restriction === null
    if (returns === 'manual' || byPerson || !well || known.returning || runner.busy(account)) return
    if (blockedUntil > Date.now()) return
    known.returning = true
    void putBack(account, 'it is well again')
      .catch(() => {})
      .finally(() => {
        known.returning = false
      })
  }

  #of(account: string): Known {
    let known = this.#known.get(account)
    if (!known) {
      known = {
        evidenceLostAt: null,
        silentMs: 0,
        downSince: null,
        upSince: null,
        failedDials: 0,
        softAt: null,
        returning: false,
        held: null,
      }
      this.#known.set(account, known)
    }
    return known
  }
}

function factsOf(
  { state, lastDisconnect, restriction, withheld }: SessionSnapshot,
  known: Known,
): FaultFacts {
  const { evidenceLostAt, downSince, failedDials } = known
  const lastReason = lastDisconnect?.reason ?? null
  return {
    state,
    lastReason,
    restricted: restriction !== null,
    evidenceLostAt,
    withheld,
    downSince,
    failedDials,
  }
}

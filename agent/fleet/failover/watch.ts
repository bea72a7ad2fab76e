// Watches the accounts of this process for faults and begins failovers; brings back who is well again when its time out is over.

import type { Bus } from '../../events.ts'
import type { SessionSnapshot } from '../../session/snapshot.ts'
import type { AccountMode } from '../../words.ts'
import { type Fault, type FaultPolicy, faultOf } from './fault.ts'
import { factsOf, forget, type Known, outForMs, silentForMs, unknown } from './known.ts'
import { type Company, companyOf, countsFrom, ownTrouble } from './own-trouble.ts'
import type { Runner } from './runner.ts'

export interface Watched {
  account: string
  pool: string
  /** Under which this process holds it. */
  epoch: number
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
  /** The accounts of the pool that could take over, as far as is known. */
  able(pool: string): readonly string[]
  /** Puts an account back that a failover had taken out, unless somebody has decided otherwise meanwhile. */
  putBack(account: string, pool: string): Promise<void>
  returns: 'auto' | 'manual'
  policy: FaultPolicy
  /** Nobody stays out for longer, in milliseconds. */
  longestOutMs: number
}

const TICK_MS = 250
/** Events come by the thousand when a network goes: one look for all of so many milliseconds. */
const GATHER_MS = 20
/** After a failover that was called off the same fault does not begin another one for so long. */
const CALLED_OFF_MS = 60_000
/** One that could not be begun is tried again so much later. */
const NOT_BEGUN_MS = 1_000
/** Up for so long, an account is well again; and where its pool has nobody else, everything waits for it. */
const STEADY_MS = 30_000
const STEADY_ALONE_MS = 3_000

/** Why nothing is done: short and the same for as long as it holds, and in words. */
type Held = readonly [name: string, words: string]

/** What one look at all accounts has found. */
interface Seen {
  now: number
  /** Of this machine at this moment. */
  trouble: string | null
  able(pool: string): readonly string[]
}

export class FailoverWatch {
  #parts: WatchParts
  #known = new Map<string, Known>()
  #leave: (() => void)[] = []
  #tickedAt = performance.now()
  #company: Company | null = null
  #looking: NodeJS.Timeout | null = null
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
        const known = of(account)
        known.failedDials += 1
        // Also one that was not up since this process runs: its work waits as much as any other's.
        known.downSince ??= performance.now()
      }),
      bus.on('session.closed', ({ account, openForMs }) => {
        if (openForMs !== null) of(account).downSince ??= performance.now()
      }),
      bus.on('session.evidence-lost', ({ account, silentMs }) => {
        Object.assign(of(account), { evidenceLostAt: performance.now(), silentMs })
        this.#soon()
      }),
      bus.on('failover.ended', ({ account, outcome, kind, trigger: cause }) => {
        const off = outcome === 'rolled-back' && kind === 'automatic'
        of(account).calledOff = off ? { cause, at: performance.now() } : null
      }),
      bus.on('session.state-changed', () => this.#soon()),
      bus.on('session.restricted', () => this.#soon()),
    ]
    const timer = setInterval(() => this.#tick(), TICK_MS)
    this.#leave.push(() => clearInterval(timer))
    return () => {
      for (const leave of this.#leave) leave()
      clearTimeout(this.#looking ?? undefined)
    }
  }

  #soon(): void {
    // Several events come together, in the middle of a change: look when it is whole.
    this.#looking ??= setTimeout(() => {
      this.#looking = null
      this.#look()
    }, GATHER_MS)
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
    const softFaultsAt: number[] = []
    const members = new Set<string>()
    const since = countsFrom(this.#company, now)
    let live = 0
    for (const watched of this.#parts.members()) {
      const { account, snapshot } = watched
      members.add(account)
      const known = this.#of(account)
      // What was seen of it before it was stopped says nothing of the next time.
      if (snapshot.state === 'stopped') forget(known)
      known.upSince = snapshot.up ? (known.upSince ?? now) : null
      const counts = snapshot.up || (known.downSince !== null && known.downSince > since)
      if (counts) live += 1
      const { mode } = this.#parts.mode(account)
      if (mode === 'out') this.#maybeReturn(watched, known, now)
      const fault =
        mode === 'up' || mode === 'draining'
          ? faultOf(factsOf(snapshot, known), this.#parts.policy, now)
          : null
      known.softAt = fault && !fault.hard ? (known.softAt ?? now) : null
      if (counts && known.softAt !== null) softFaultsAt.push(known.softAt)
      if (!fault) known.held = null
      if (fault) faults.push({ watched, fault, known })
    }
    for (const account of this.#known.keys()) if (!members.has(account)) this.#known.delete(account)
    const facts = { accounts: live, softFaultsAt, ...this.#stall }
    this.#company = companyOf(this.#company, facts, now)
    const seen: Seen = { now, trouble: ownTrouble(facts, now), able: once((pool) => this.#parts.able(pool)) }
    for (const { watched, fault, known } of faults) this.#act(watched, fault, known, seen)
  }

  #act(watched: Watched, fault: Fault, known: Known, seen: Seen): void {
    const { bus, runner } = this.#parts
    const { account, pool, epoch, snapshot } = watched
    if (runner.busy(account) || seen.now < known.notBefore) return
    const held = this.#heldBy(watched, fault, known, seen)
    // Said once, and again when it is for another reason: this is looked at all the time.
    const said = held === null ? null : `${fault.cause}: ${held[0]}`
    if (held !== null && said !== known.held)
      bus.emit('failover.held', { pool, trigger: fault.cause, why: held[1] }, { account })
    known.held = said
    if (held !== null) return
    const { cause, hard } = fault
    const faultAt = Date.now() - silentForMs(cause, snapshot, known)
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
        epoch,
      })
      .catch(() => null) // the store says so itself
      .then((f) => {
        if (f === null) known.notBefore = performance.now() + NOT_BEGUN_MS
      })
  }

  #heldBy({ account, pool }: Watched, { cause, hard }: Fault, known: Known, seen: Seen): Held | null {
    const { mode, off } = this.#parts
    const switchedOff = off(pool)
    if (switchedOff !== null) return [switchedOff, switchedOff]
    if (known.calledOff?.cause === cause && seen.now - known.calledOff.at < CALLED_OFF_MS)
      return ['called-off', 'one for the same fault was called off less than a minute ago']
    // What WhatsApp itself has said does not pass by waiting.
    if (hard) return null
    const blockedMs = outForMs(
      known,
      mode(account).blockedUntil,
      this.#parts.longestOutMs,
      Date.now(),
      seen.now,
    )
    if (blockedMs > 0) return ['damped', `damped until ${new Date(Date.now() + blockedMs).toISOString()}`]
    if (seen.trouble !== null) return ['trouble', seen.trouble]
    if (this.#company !== null && known.softAt !== null && known.softAt <= this.#company.togetherAt)
      return ['trouble', 'it fell silent together with most accounts of this node']
    if (seen.able(pool).some((other) => other !== account)) return null
    return ['alone', 'nobody of the pool could take over']
  }

  #maybeReturn({ account, pool, snapshot }: Watched, known: Known, now: number): void {
    const { returns, runner, mode, off, putBack, longestOutMs } = this.#parts
    const { blockedUntil, parked, byPerson } = mode(account)
    const outMs = outForMs(known, blockedUntil, longestOutMs, Date.now(), now)
    const steadyMs = parked ? STEADY_ALONE_MS : STEADY_MS
    const steady = known.upSince !== null && now - known.upSince >= steadyMs
    const well = steady && snapshot.state === 'open' && snapshot.restriction === null
    if (returns === 'manual' || byPerson || !well || known.returning || runner.busy(account)) return
    // Also a return is something that is done by itself.
    if (off(pool) !== null) return
    if (outMs > 0) return
    known.returning = true
    void putBack(account, pool)
      .catch(() => {})
      .finally(() => {
        known.returning = false
      })
  }

  #of(account: string): Known {
    let known = this.#known.get(account)
    if (!known) {
      known = unknown()
      this.#known.set(account, known)
    }
    return known
  }
}

/** Asked once for each key. */
function once<T>(ask: (key: string) => T): (key: string) => T {
  const answers = new Map<string, T>()
  return (key) => {
    if (!answers.has(key)) answers.set(key, ask(key))
    return answers.get(key) as T
  }
}

// Decides for every message which account takes it, from memory and in microseconds; each decision is an event.

import type { Bus } from '../events.ts'
import type { StrategyName } from '../words.ts'
import type { Candidate, Considered, Decision, Request, RoutingSettings } from './candidate.ts'
import { pick } from './choose.ts'
import { explain, sharesOf } from './explain.ts'
import { type Plan, planOf, planWithout } from './plan.ts'
import type { Credits } from './turn.ts'

export interface RouterParts {
  bus: Bus
  /** Every pool that has a name, also one without an account. */
  pools(): Iterable<string>
  /** The accounts of a pool as they are now, on every node. */
  candidates(pool: string): readonly Candidate[]
  strategy(pool: string): StrategyName
  slowStartMs: number
  /** The region of this node. */
  region: string
  /** Uniform in [0, 1). */
  random(): number
  /** Milliseconds since the epoch. */
  now?(): number
  /** Milliseconds of a clock that never goes back. */
  monotonic?(): number
}

/** What nobody asked for in particular. */
export const anyRequest: Request = { pinned: null, region: null, bound: null }

/** A pool is looked at again so often, in milliseconds, and at once after something that matters. */
const LOOK_EVERY_MS = 500
/** Of so many sets of accounts a plan is kept at a time: there are few, those that have failed a message for good. */
const NARROWED_MOST = 64
/** A plan that is older is not decided by: the process did not turn. */
const TOO_OLD_MS = 2 * LOOK_EVERY_MS

interface Kept {
  plan: Plan
  /** For messages that some accounts must not have, by those accounts. */
  narrowed: Map<string, Plan>
  /** On the clock that never goes back. */
  madeAt: number
}

export class Router {
  #parts: RouterParts
  #kept = new Map<string, Kept>()
  #now: () => number
  #clock: () => number

  constructor(parts: RouterParts) {
    this.#parts = parts
    this.#now = parts.now ?? Date.now
    this.#clock = parts.monotonic ?? (() => performance.now())
  }

  /** Looks at every pool now and twice a second, so that no decision has to; answers the function that ends it. */
  start(): () => void {
    this.#lookAtAll()
    const timer = setInterval(() => this.#lookAtAll(), LOOK_EVERY_MS)
    timer.unref()
    return () => clearInterval(timer)
  }

  /** Decides, and says so. No I/O; never throws. @param again it was asked before: that there is still nobody is not said */
  choose(pool: string, request: Request = anyRequest, again = false): Decision {
    const startedAt = this.#clock()
    const kept = this.#of(pool)
    const decision = pick(this.#without(kept, request.except), request)
    const { account, strategy, reason } = decision
    const member = account === null ? undefined : kept.plan.members.get(account)
    // Until the next look: many messages that come at once must not all go to one account.
    if (member) member.active += 1
    if (again && account === null) return decision
    const us = Math.round((this.#clock() - startedAt) * 1e6) / 1e3
    this.#parts.bus.emit('route.decided', { pool, strategy, reason, us }, account === null ? {} : { account })
    return decision
  }

  /** What would be decided now for such a request, and what every account of the pool may expect of many of them. Decides nothing. */
  explain(pool: string, request: Request = anyRequest): { strategy: StrategyName; considered: Considered[] } {
    const plan = this.#plan(pool)
    return { strategy: plan.strategy.name, considered: explain(plan, request, this.#now()) }
  }

  /** The accounts of a pool, and what each of them may expect of new conversations. */
  shares(pool: string): Map<string, number> {
    return sharesOf(this.#plan(pool), null)
  }

  pools(): string[] {
    return [...this.#parts.pools()]
  }

  candidates(pool: string): readonly Candidate[] {
    return this.#parts.candidates(pool)
  }

  /** What was known of a pool, or of all, is not true any more: the next decision looks again. */
  stale(pool?: string): void {
    if (pool === undefined) for (const kept of this.#kept.values()) kept.madeAt = Number.NEGATIVE_INFINITY
    else {
      const kept = this.#kept.get(pool)
      if (kept) kept.madeAt = Number.NEGATIVE_INFINITY
    }
  }

  #lookAtAll(): void {
    const pools = new Set(this.#parts.pools())
    for (const pool of this.#kept.keys()) if (!pools.has(pool)) this.#kept.delete(pool)
    for (const pool of pools) this.#look(pool)
  }

  #of(pool: string): Kept {
    const kept = this.#kept.get(pool)
    return kept && this.#clock() - kept.madeAt <= TOO_OLD_MS ? kept : this.#look(pool)
  }

  #look(pool: string): Kept {
    const plan = this.#plan(pool, this.#kept.get(pool)?.plan.members)
    const kept: Kept = { plan, narrowed: new Map(), madeAt: this.#clock() }
    this.#kept.set(pool, kept)
    return kept
  }

  #without({ plan, narrowed }: Kept, except: readonly string[] = []): Plan {
    if (except.length === 0) return plan
    const key = JSON.stringify([...except].sort())
    let found = narrowed.get(key)
    if (!found) {
      if (narrowed.size >= NARROWED_MOST) narrowed.clear()
      found = planWithout(plan, except)
      narrowed.set(key, found)
    }
    return found
  }

  #plan(pool: string, credits?: Credits): Plan {
    const { slowStartMs, region, candidates, strategy, random } = this.#parts
    const settings: RoutingSettings = { strategy: strategy(pool), slowStartMs, region }
    return planOf(candidates(pool), settings, this.#now(), credits, random)
  }
}

// Follows the sends of this node's accounts and keeps who is ejected; in shadow mode it only says who would have been.

import type { Bus } from '../events.ts'
import type { SendFailure } from '../words.ts'
import { type EjectionSettings, ejections, isOut, type SendFacts } from './ejection.ts'

export interface EjectionParts {
  bus: Bus
  /** All accounts of the account's pool, and how many of them other nodes have ejected; null where it is in none. */
  pool(account: string): { accounts: readonly string[]; elsewhere: number } | null
  mode: 'on' | 'shadow' | 'off'
  settings: EjectionSettings
  /** An account was ejected. */
  onEjected?(account: string): void
  /** Milliseconds since the epoch. */
  now?(): number
}

/** These speak of the sender, or say what the session's state says better. */
const notTheAccounts: ReadonlySet<SendFailure> = new Set(['id-taken', 'not-on-whatsapp', 'not-open'])

export class EjectionKeeper {
  #parts: EjectionParts
  #facts = new Map<string, SendFacts>()
  #leave: (() => void)[] = []
  #now: () => number

  constructor(parts: EjectionParts) {
    this.#parts = parts
    this.#now = parts.now ?? Date.now
    if (parts.mode === 'off') return
    this.#leave = [
      parts.bus.on('message.acked', ({ account }) => {
        const fact = account === undefined ? undefined : this.#facts.get(account)
        if (fact) fact.failuresInARow = 0
      }),
      parts.bus.on('message.failed', ({ account, code }) => {
        if (account !== undefined && !notTheAccounts.has(code)) this.#failed(account)
      }),
    ]
  }

  stop(): void {
    for (const leave of this.#leave) leave()
  }

  /** Until when the account gets no new conversations; null where it was never ejected, or only in shadow. */
  until(account: string): number | null {
    return this.#parts.mode === 'on' ? (this.#facts.get(account)?.ejectedUntil ?? null) : null
  }

  #failed(account: string): void {
    const now = this.#now()
    const fact = this.#of(account)
    // What was on its way when it was ejected may fail still: that is not a second time.
    if (isOut(fact, now)) return
    fact.failuresInARow += 1
    if (fact.failuresInARow < this.#parts.settings.failures) return
    const pool = this.#parts.pool(account)
    if (!pool) return
    const facts = pool.accounts.flatMap((each) => this.#facts.get(each) ?? [])
    const { settings, mode, bus } = this.#parts
    for (const found of ejections(facts, pool.accounts.length, pool.elsewhere, settings, now)) {
      const ejected = this.#of(found.account)
      const failures = ejected.failuresInARow
      Object.assign(ejected, {
        ejections: found.ejections,
        ejectedUntil: now + found.forMs,
        failuresInARow: 0,
      })
      const { forMs, ejections: count } = found
      const shadow = mode === 'shadow'
      bus.emit('account.ejected', { forMs, failures, ejections: count, shadow }, { account: found.account })
      if (!shadow) this.#parts.onEjected?.(found.account)
    }
  }

  #of(account: string): SendFacts {
    let fact = this.#facts.get(account)
    if (!fact) {
      fact = { account, failuresInARow: 0, ejections: 0, ejectedUntil: null }
      this.#facts.set(account, fact)
    }
    return fact
  }
}

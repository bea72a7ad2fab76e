// Follows the sends of this node's accounts and keeps who is ejected; in shadow mode it only says who would have been.

import type { Bus } from '../events.ts'
import { isOfTheMessage } from '../outbox/verdict.ts'
import type { SendFailure } from '../words.ts'
import { type EjectionSettings, ejections, isOut, type PoolFacts, type SendFacts } from './ejection.ts'

export interface EjectionParts {
  bus: Bus
  /** The account's pool; null where it is in none. */
  pool(account: string): PoolFacts | null
  mode: 'on' | 'shadow' | 'off'
  settings: EjectionSettings
  /** An account was ejected. */
  onEjected?(account: string): void
  /** Milliseconds since the epoch. */
  now?(): number
}

/** These speak of the sender, or say what the session's state says better. */
const notTheAccounts: ReadonlySet<SendFailure> = new Set(['id-taken', 'not-on-whatsapp', 'not-open'])
/** Of an account whose pool can spare nobody, so many messages are told apart. */
const TOLD_APART = 1_000

export class EjectionKeeper {
  #parts: EjectionParts
  #facts = new Map<string, SendFacts>()
  /** What failed since the last acknowledgement: a message that is tried again and again is one. */
  #failing = new Map<string, Set<string>>()
  #leave: (() => void)[] = []
  #now: () => number

  constructor(parts: EjectionParts) {
    this.#parts = parts
    this.#now = parts.now ?? Date.now
    if (parts.mode === 'off') return
    this.#leave = [
      parts.bus.on('message.acked', ({ account }) => {
        const fact = account === undefined ? undefined : this.#facts.get(account)
        if (fact) this.#well(fact)
      }),
      parts.bus.on('message.failed', ({ account, code, messageId }) => {
        if (account !== undefined && !notTheAccounts.has(code) && !isOfTheMessage(code))
          this.#failed(account, messageId)
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

  #well(fact: SendFacts): void {
    fact.failuresInARow = 0
    this.#failing.delete(fact.account)
  }

  #failed(account: string, messageId: string): void {
    const now = this.#now()
    const fact = this.#of(account)
    // What was on its way when it was ejected may fail still: that is not a second time.
    if (isOut(fact, now)) return
    const failing = this.#failing.get(account) ?? new Set()
    this.#failing.set(account, failing)
    if (failing.size < TOLD_APART) failing.add(messageId)
    fact.failuresInARow = failing.size
    if (fact.failuresInARow < this.#parts.settings.failures) return
    const pool = this.#parts.pool(account)
    if (!pool) return
    const facts = pool.accounts.flatMap((each) => this.#facts.get(each) ?? [])
    const { settings, mode, bus } = this.#parts
    for (const found of ejections(facts, pool, settings, now)) {
      const ejected = this.#of(found.account)
      const failures = ejected.failuresInARow
      Object.assign(ejected, { ejections: found.ejections, ejectedUntil: now + found.forMs })
      this.#well(ejected)
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

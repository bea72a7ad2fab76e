// When each account last had something to do and when its next test is due: kept from events and outcomes, in memory.

import type { AnyEvent } from '../../events.ts'
import type { CanaryOutcome } from '../../words.ts'
import { type Candidate, type Probe, waitFor } from './plan.ts'

interface Standing {
  activeAt: number
  dueAt: number
  sentAt: number | null
  engaged: boolean
  missed: number
  missedFrom: string | null
}

/** What makes an account one that is in use. */
const activity: ReadonlySet<string> = new Set(['message.sent', 'message.acked', 'message.received'])

export class Standings {
  #of = new Map<string, Standing>()
  #intervalMs: number
  #confirmMs: number
  #random: () => number

  /** @param confirmMs how soon, about, a first test that was not received is repeated, in milliseconds */
  constructor(intervalMs: number, confirmMs: number, random: () => number) {
    this.#intervalMs = intervalMs
    this.#confirmMs = confirmMs
    this.#random = random
  }

  /** @param now of a clock that never goes back, as everywhere here */
  take({ type, account }: AnyEvent, now: number): void {
    if (account === undefined) return
    if (activity.has(type)) this.#get(account, now).activeAt = now
    if (type === 'message.received' || type === 'canary.strayed') this.#heard(this.#get(account, now))
  }

  candidate(account: string, pool: string, able: boolean, now: number): Candidate {
    const { activeAt, dueAt, sentAt, engaged, missedFrom } = this.#get(account, now)
    return {
      account,
      pool,
      able,
      quietMs: now - activeAt,
      overdueMs: now - dueAt,
      sentAgoMs: sentAt === null ? null : now - sentAt,
      engaged,
      missedFrom,
    }
  }

  begin({ from, to }: Probe, now: number): void {
    this.#get(from, now).sentAt = now
    for (const account of [from, to]) this.#get(account, now).engaged = true
  }

  /** @param outcome null when the test proved nothing. Answers how many in a row the receiver has missed. */
  end({ from, to }: Probe, outcome: CanaryOutcome | null, now: number): number {
    for (const account of [from, to]) this.#get(account, now).engaged = false
    const standing = this.#get(to, now)
    if (outcome === 'received') this.#heard(standing)
    if (outcome === 'not-received') {
      standing.missed += 1
      standing.missedFrom = from
    }
    // A first one that is missed is a suspicion, which is not left standing for long.
    const soon = outcome === null || (outcome === 'not-received' && standing.missed === 1)
    standing.dueAt = now + waitFor(soon ? this.#confirmMs : this.#intervalMs, this.#random())
    return standing.missed
  }

  /** Forgets accounts that are no longer there. */
  keepOnly(accounts: ReadonlySet<string>): void {
    for (const account of this.#of.keys()) if (!accounts.has(account)) this.#of.delete(account)
  }

  #heard(standing: Standing): void {
    standing.missed = 0
    standing.missedFrom = null
  }

  #get(account: string, now: number): Standing {
    let standing = this.#of.get(account)
    if (!standing) {
      standing = {
        activeAt: now,
        // The first ones of a fleet that starts together are spread as well.
        dueAt: now + waitFor(this.#intervalMs, this.#random()),
        sentAt: null,
        engaged: false,
        missed: 0,
        missedFrom: null,
      }
      this.#of.set(account, standing)
    }
    return standing
  }
}

// How fast accounts may write: limits by the minute and by any 24 hours, and less of these for an account that is young.

import type { Sql } from '../store/sql.ts'
import { knownAges, noteAge, oldestAcks, sentSince } from './past.ts'
import { DAY_MS, dayAllowance, type Rates, sliceOf } from './rates.ts'
import { Tally } from './tally.ts'

/** What may be sent now and is counted as sent. Whoever has it says at its end how much of it was used. */
export interface Grant {
  readonly count: number
  end(used: number): void
}

/** Which limit keeps an account from sending, and until when at the latest, in milliseconds since the epoch. */
export interface Held {
  limit: 'account-per-day' | 'account-per-minute' | 'pool-per-minute'
  until: number
}

/** An account's last 24 hours, and how much it may send in them at its present age. */
export interface Day {
  account: string
  sent: number
  allowance: number
}

/** Ten minutes: a day is never shorter than 24 hours, and longer by no more than that. */
const SLOT_MS = 600_000
/** Those of 24 hours, and the one that has begun. */
const SLOTS = DAY_MS / SLOT_MS + 1

interface Limit {
  name: Held['limit']
  tally: Tally
  key: string
  most: number
}

export class Limits {
  #rates: Rates
  #poolOf: (account: string) => string
  #minutes = new Map<Held['limit'], { tally: Tally; most: number }>()
  #day = new Tally(SLOT_MS, SLOTS)
  /** Granted to an account and not ended yet. */
  #granted = new Map<string, number>()
  #since = new Map<string, number>()
  /** Whose age is in the store. */
  #noted = new Set<string>()
  /** Open before it was known what the store says of them; null when it is known. */
  #early: Set<string> | null = new Set()
  #accounts: readonly string[] = []

  constructor(rates: Rates, poolOf: (account: string) => string) {
    this.#rates = rates
    this.#poolOf = poolOf
    this.#addMinutes('account-per-minute', rates.accountPerMinute)
    this.#addMinutes('pool-per-minute', rates.poolPerMinute)
  }

  /** Reads how old the accounts are and what they sent in the last 24 hours. Rejects with StoreError. */
  async recall(sql: Sql, accounts: readonly string[], now: number): Promise<void> {
    const ages = await knownAges(sql)
    for (const { account, since, noted } of ages) {
      if (since !== null) this.#since.set(account, since)
      if (noted) this.#noted.add(account)
    }
    const known = new Set(ages.map(({ account }) => account))
    // Ages were not always written: who has sent for a week is no account of today.
    if (this.#rates.warmUp !== null && accounts.some((account) => !known.has(account)))
      for (const [account, since] of await oldestAcks(sql))
        if (!known.has(account)) this.#since.set(account, since)
    if (this.#rates.accountPerDay !== null) {
      const ours = new Set(accounts)
      for (const { account, at, count } of await sentSince(sql, now - SLOTS * SLOT_MS, SLOT_MS))
        if (ours.has(account)) this.#day.add(account, count, at)
    }
    this.#accounts = accounts
    const early = this.#early ?? []
    this.#early = null
    for (const account of early) await this.seen(sql, account, now)
  }

  /** The account is open: its age counts from the first time, whether or not a limit asks for it today. Rejects with StoreError. */
  async seen(sql: Sql, account: string, now: number): Promise<void> {
    if (this.#early !== null) {
      this.#early.add(account)
      return
    }
    const since = Math.min(now, this.#since.get(account) ?? now)
    this.#since.set(account, since)
    if (this.#noted.has(account)) return
    await noteAge(sql, account, since)
    this.#noted.add(account)
  }

  /** Grants up to `wanted` messages and counts them as sent. @param now milliseconds since the epoch */
  allow(account: string, wanted: number, now: number): Grant {
    const limits = this.#limitsOf(account, now)
    const rooms = limits.map(({ tally, key, most }) => most - tally.sum(key, now))
    const count = Math.max(0, Math.min(wanted, ...rooms))
    const spend = (n: number): void => {
      // Given back where it was taken: a slice that is over has nothing to give to the next one.
      for (const { tally, key } of limits) tally.add(key, n, now)
    }
    spend(count)
    this.#granted.set(account, (this.#granted.get(account) ?? 0) + count)
    return {
      count,
      end: (used) => {
        spend(used - count)
        this.#granted.set(account, (this.#granted.get(account) ?? 0) - count)
      },
    }
  }

  /** What keeps the account from sending; null where it may. */
  held(account: string, now: number): Held | null {
    const helds = this.#limitsOf(account, now).flatMap((limit) => this.#heldBy(limit, account, now) ?? [])
    return helds.sort((a, b) => b.until - a.until)[0] ?? null
  }

  /** Accounts that may send nothing more before some of what they sent is a day old. */
  spent(now: number): string[] {
    return this.#accounts.filter((account) => this.spentUntil(account, now) !== null)
  }

  /** Until then at the latest, in milliseconds since the epoch: what is young may send more with every hour. Null where it may send. */
  spentUntil(account: string, now: number): number | null {
    const limit = this.#dayOf(account, now)
    return (limit && this.#heldBy(limit, account, now)?.until) ?? null
  }

  /** Of the accounts of this process; none without a limit by the day. */
  days(now: number): Day[] {
    return this.#accounts.flatMap((account) => {
      const day = this.#dayOf(account, now)
      if (!day) return []
      const sent = day.tally.sum(account, now) - (this.#granted.get(account) ?? 0)
      return [{ account, sent, allowance: day.most }]
    })
  }

  /** What is granted and may be given back at once has spent nothing. */
  #heldBy({ name, tally, key, most }: Limit, account: string, now: number): Held | null {
    const granted = this.#granted.get(account) ?? 0
    if (tally.sum(key, now) - granted < most) return null
    return { limit: name, until: tally.until(key, most - 1 + granted, now) }
  }

  #limitsOf(account: string, now: number): Limit[] {
    const minutes = [...this.#minutes].map(([name, { tally, most }]) => ({
      name,
      tally,
      most,
      key: name === 'pool-per-minute' ? this.#poolOf(account) : account,
    }))
    return [this.#dayOf(account, now) ?? [], minutes].flat()
  }

  #dayOf(account: string, now: number): Limit | null {
    const { accountPerDay, warmUp } = this.#rates
    if (accountPerDay === null) return null
    const most = dayAllowance(accountPerDay, warmUp, now - (this.#since.get(account) ?? now))
    return { name: 'account-per-day', tally: this.#day, key: account, most }
  }

  #addMinutes(name: Held['limit'], perMinute: number | null): void {
    if (perMinute === null) return
    const { points, duration } = sliceOf(perMinute)
    this.#minutes.set(name, { tally: new Tally(duration * 1_000, 1), most: points })
  }
}

// How fast accounts may write: limits by the minute and by the day, and less of the day for an account that is young.

import { RateLimiterMemory } from 'rate-limiter-flexible'
import type { Sql } from '../store/sql.ts'

export interface Rates {
  readonly accountPerMinute: number | null
  readonly accountPerDay: number | null
  readonly poolPerMinute: number | null
  readonly warmUp: { readonly days: number; readonly firstDay: number } | null
}

const DAY_MS = 24 * 3_600_000
/** A minute's allowance is handed out in slices of this many seconds, so that it is not spent in one burst. */
const SLICE_S = 5

/**
 * What an account may send on a day of its life: it grows by the same factor every day from `firstDay` to `full`.
 * @param ageMs since it was first seen open; below 0 counts as 0
 */
export function dayAllowance(full: number, warmUp: Rates['warmUp'], ageMs: number): number {
  if (!warmUp || warmUp.firstDay >= full) return full
  const share = Math.min(1, Math.max(0, ageMs / (warmUp.days * DAY_MS)))
  return Math.floor(warmUp.firstDay * (full / warmUp.firstDay) ** share)
}

/** The shortest slice, in seconds, in which whole messages come to no less than nine tenths of the limit, and never to more. */
export function sliceOf(perMinute: number): { points: number; duration: number } {
  for (let duration = SLICE_S; duration < 60; duration++) {
    const points = Math.floor((perMinute * duration) / 60)
    if (points >= (0.9 * perMinute * duration) / 60) return { points, duration }
  }
  return { points: perMinute, duration: 60 }
}

export class Limits {
  #rates: Rates
  #poolOf: (account: string) => string
  #perMinute = new Map<string, RateLimiterMemory>()
  #perDay = new Map<string, RateLimiterMemory>()
  #since = new Map<string, number>()

  constructor(rates: Rates, poolOf: (account: string) => string) {
    this.#rates = rates
    this.#poolOf = poolOf
  }

  /** Reads how old the accounts are and what they sent in the last 24 hours. Rejects with StoreError. */
  async recall(sql: Sql, accounts: readonly string[], now: number): Promise<void> {
    if (this.#rates.accountPerDay === null) return
    const ours = new Set(accounts)
    for (const { account, since } of await sql.query<{ account: string; since: number }>(
      'SELECT account, since FROM account_age',
    ))
      this.#since.set(account, since)
    const sent = await sql.query<{ account: string; n: number }>(
      'SELECT account, count(*) AS n FROM message WHERE ended_at >= $1 AND acked_at >= $1 AND account IS NOT NULL GROUP BY account',
      [now - DAY_MS],
    )
    for (const { account, n } of sent)
      if (ours.has(account)) await this.#day(account, now).penalty(account, Number(n))
  }

  /** The account is open: its age counts from the first time. Rejects with StoreError. */
  async seen(sql: Sql, account: string, now: number): Promise<void> {
    if (this.#rates.warmUp === null || this.#since.has(account)) return
    const [row] = await sql.query<{ since: number }>(
      `INSERT INTO account_age (account, since) VALUES ($1, $2)
       ON CONFLICT (account) DO UPDATE SET since = account_age.since RETURNING since`,
      [account, now],
    )
    this.#since.set(account, row?.since ?? now)
  }

  /** Grants up to `wanted` messages and counts them as sent; what is not used is given back. */
  async allow(account: string, wanted: number, now: number): Promise<number> {
    const limiters = this.#limitersOf(account, now)
    let granted = wanted
    for (const [limiter, key] of limiters) {
      const spent = (await limiter.get(key))?.consumedPoints ?? 0
      granted = Math.min(granted, Math.max(0, limiter.points - spent))
    }
    if (granted > 0) for (const [limiter, key] of limiters) await limiter.penalty(key, granted)
    return granted
  }

  async refund(account: string, unused: number, now: number): Promise<void> {
    if (unused > 0)
      for (const [limiter, key] of this.#limitersOf(account, now)) await limiter.reward(key, unused)
  }

  #limitersOf(account: string, now: number): [RateLimiterMemory, string][] {
    const { accountPerMinute, accountPerDay, poolPerMinute } = this.#rates
    const limiters: [RateLimiterMemory, string][] = []
    if (accountPerMinute !== null) limiters.push([this.#minute('account', accountPerMinute), account])
    if (poolPerMinute !== null) limiters.push([this.#minute('pool', poolPerMinute), this.#poolOf(account)])
    if (accountPerDay !== null) limiters.push([this.#day(account, now), account])
    return limiters
  }

  #minute(scope: string, perMinute: number): RateLimiterMemory {
    let limiter = this.#perMinute.get(scope)
    if (!limiter) {
      limiter = new RateLimiterMemory({ keyPrefix: scope, ...sliceOf(perMinute) })
      this.#perMinute.set(scope, limiter)
    }
    return limiter
  }

  #day(account: string, now: number): RateLimiterMemory {
    let limiter = this.#perDay.get(account)
    if (!limiter) {
      limiter = new RateLimiterMemory({ keyPrefix: 'day', points: 1, duration: DAY_MS / 1000 })
      this.#perDay.set(account, limiter)
    }
    const { accountPerDay, warmUp } = this.#rates
    limiter.points = dayAllowance(accountPerDay ?? 0, warmUp, now - (this.#since.get(account) ?? now))
    return limiter
  }
}

// A link lets whoever holds the phone of one account see its codes for a quarter of an hour, and nothing else.

import { createHash, randomBytes } from 'node:crypto'
import { LRUCache } from 'lru-cache'

const LIFE_MS = 15 * 60_000
/** Links at a time; one more makes the oldest worthless. */
const MOST = 10_000
/** Of one account; one more makes the oldest of that account worthless. */
const MOST_OF_ACCOUNT = 20

export class Links {
  /** By the hash of the token: what is in memory opens nothing. A restart ends them all. */
  #accounts = new LRUCache<string, string>({ max: MOST, ttl: LIFE_MS })

  /** The oldest first; accounts are known and few. */
  #ofAccount = new Map<string, string[]>()

  /** Makes a link for the account. */
  mint(account: string): { token: string; expiresAt: number } {
    const token = `link_${randomBytes(24).toString('base64url')}`
    const live = (this.#ofAccount.get(account) ?? []).filter((each) => this.#accounts.has(each))
    for (const old of live.splice(0, Math.max(0, live.length - MOST_OF_ACCOUNT + 1)))
      this.#accounts.delete(old)
    this.#ofAccount.set(account, [...live, hash(token)])
    this.#accounts.set(hash(token), account)
    return { token, expiresAt: Date.now() + LIFE_MS }
  }

  /** When its time is over, in milliseconds since the epoch; 0 where it is over or was never made. */
  untilOf(token: string): number {
    return Date.now() + this.#accounts.getRemainingTTL(hash(token))
  }

  /** The account that the token was made for; null when it is none of ours or its time is over. */
  accountOf(token: string): string | null {
    return this.#accounts.get(hash(token)) ?? null
  }
}

function hash(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

// A link lets whoever holds the phone of one account see its codes for a quarter of an hour, and nothing else.

import { createHash, randomBytes } from 'node:crypto'
import { LRUCache } from 'lru-cache'

const LIFE_MS = 15 * 60_000
/** Links at a time; one more makes the oldest worthless. */
const MOST = 1_000

export class Links {
  /** By the hash of the token: what is in memory opens nothing. A restart ends them all. */
  #accounts = new LRUCache<string, string>({ max: MOST, ttl: LIFE_MS })

  /** Makes a link for the account. */
  mint(account: string): { token: string; expiresAt: number } {
    const token = `link_${randomBytes(24).toString('base64url')}`
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

// Tokens that are good once: those that were used are remembered until they expire, and where memory ends nobody new is let in.

import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { Refusal } from './refusal.ts'

/** About 20 MB; with tokens of an hour, 50 new ones each second. */
const MOST = 200_000

export class UsedTokens {
  #used: LRUCache<string, true>
  #most: number

  constructor(most: number = MOST) {
    this.#most = most
    this.#used = new LRUCache({ max: most })
  }

  /**
   * Remembers the token. Throws Refusal `replayed` when it was used, `full` when there is no room: forgetting one would make it good again.
   * @param leftMs how long it could still be used
   */
  use(jti: string, leftMs: number): void {
    // Of one length, whatever somebody puts there.
    const key = createHash('sha256').update(jti).digest('base64url')
    if (this.#used.has(key)) throw new Refusal('replayed')
    if (this.#used.size >= this.#most) this.#used.purgeStale()
    if (this.#used.size >= this.#most) throw new Refusal('full')
    this.#used.set(key, true, { ttl: Math.max(1, Math.ceil(leftMs)) })
  }
}

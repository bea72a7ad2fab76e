// Guessing is slowed down per address: after so many wrong tokens the next ones are not even called wrong.

import { LRUCache } from 'lru-cache'

/** Bad tokens from one address before it is locked out, and for how long (milliseconds). */
const BAD_TOKENS = 20
const LOCK_OUT_MS = 60_000

export class LockOut {
  #bad = new LRUCache<string, number>({ max: 10_000, ttl: LOCK_OUT_MS })

  /** Counts one more; `out` from the one after the last that is answered on, `begins` for that one only. */
  fail(address: string): { out: boolean; begins: boolean; leftMs: number } {
    // Counted from what stands there now: guesses that came at once must not count as one.
    const failures = (this.#bad.get(address) ?? 0) + 1
    // The time runs from the first one, however often somebody tries meanwhile.
    this.#bad.set(address, failures, { noUpdateTTL: true })
    return {
      out: failures > BAD_TOKENS,
      begins: failures === BAD_TOKENS + 1,
      leftMs: this.#bad.getRemainingTTL(address),
    }
  }

  forgive(address: string): void {
    this.#bad.delete(address)
  }
}

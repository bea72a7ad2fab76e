// Guessing is slowed down per place: after so many wrong tokens the next ones are not even called wrong, and cost next to nothing.

import { LRUCache } from 'lru-cache'

/** Bad tokens from one place before it is locked out, and for how long (milliseconds). */
const BAD_TOKENS = 20
const LOCK_OUT_MS = 60_000
/** Hashes that are worked out for one token and a place that is locked out: its holder may be behind the same proxy as the guesser. */
const HASHES_OUT = 3

/** Nobody looked whether the token is right. */
export class LockedOut extends Error {
  readonly leftMs: number

  constructor(leftMs: number) {
    super('locked out')
    this.name = 'LockedOut'
    this.leftMs = leftMs
  }
}

/** Places are those of `placeOf`: somebody with a network of their own has as many addresses as they like. */
export class LockOut {
  #bad = new LRUCache<string, number>({ max: 10_000, ttl: LOCK_OUT_MS })
  #hashes = new LRUCache<string, number>({ max: 10_000, ttl: LOCK_OUT_MS })

  /** Counts one more; `out` from the one after the last that is answered on, `begins` for that one only. Right tokens take nothing back: behind a proxy they come all the time. */
  fail(place: string): { out: boolean; begins: boolean; leftMs: number } {
    // Counted from what stands there now: guesses that came at once must not count as one.
    const failures = (this.#bad.get(place) ?? 0) + 1
    // The time runs from the first one, however often somebody tries meanwhile.
    this.#bad.set(place, failures, { noUpdateTTL: true })
    return {
      out: failures > BAD_TOKENS,
      begins: failures === BAD_TOKENS + 1,
      leftMs: this.#bad.getRemainingTTL(place),
    }
  }

  /** Counts a hash that is to be worked out. Throws LockedOut where it would be one too many for this token and place. @param id of a token that exists */
  admit(place: string, id: string): void {
    const key = `${place} ${id}`
    const count = (this.#hashes.get(key) ?? 0) + 1
    const most = (this.#bad.get(place) ?? 0) > BAD_TOKENS ? HASHES_OUT : BAD_TOKENS
    if (count > most) throw new LockedOut(this.#hashes.getRemainingTTL(key))
    this.#hashes.set(key, count, { noUpdateTTL: true })
  }
}

// How many messages wait, by pool: never less than there are, so that the limit holds from the first moment on and while a count is under way.

/** Where all that may wait do, a pool that has less than this part of them is let in all the same: one pool must not shut out the others. */
const SHARE = 1 / 20

interface Counted {
  stored: number
  /** Being written now. */
  coming: number
  /** Written since the count that is under way began: it may have seen them or not. */
  meanwhile: number
}

export class Size {
  #pools = new Map<string, Counted>()
  #known = false
  /** Of all pools. */
  #total = 0
  /** When the last count was taken over, in milliseconds since the epoch. */
  #countedAt = Number.NEGATIVE_INFINITY

  /** Whether they were ever counted. */
  get known(): boolean {
    return this.#known
  }

  get total(): number {
    return this.#total
  }

  /** Whether the pool may have one more, where `limit` may wait in all. */
  hasRoom(pool: string, limit: number): boolean {
    if (this.#total < limit) return true
    const { stored = 0, coming = 0 } = this.#pools.get(pool) ?? {}
    return stored + coming < Math.floor(limit * SHARE)
  }

  /** One is about to be written. */
  coming(pool: string): void {
    this.#of(pool).coming += 1
    this.#total += 1
  }

  /** It was written, or not. */
  came(pool: string, isThere: boolean): void {
    this.#of(pool).coming -= 1
    this.#total -= 1
    if (isThere) this.opened(pool)
  }

  opened(pool: string): void {
    const counted = this.#of(pool)
    counted.meanwhile += 1
    if (!this.#known) return
    counted.stored += 1
    this.#total += 1
  }

  /**
   * One has ended. What was written before the last count was over may have been seen by it as ended: it is not taken away twice, and stands
   * in the size until the next count where it was not. @param at when it was about to be written, in milliseconds since the epoch
   */
  ended(pool: string, at: number): void {
    const counted = this.#of(pool)
    if (at <= this.#countedAt || counted.stored === 0) return
    counted.stored -= 1
    this.#total -= 1
  }

  /** Called before the store is asked; takes what it answered, by pool. */
  counting(): (open: ReadonlyMap<string, number>, at?: number) => void {
    for (const counted of this.#pools.values()) counted.meanwhile = 0
    return (open, at = Date.now()) => {
      this.#known = true
      this.#countedAt = at
      for (const pool of open.keys()) this.#of(pool)
      this.#total = 0
      for (const [pool, counted] of this.#pools) {
        counted.stored = (open.get(pool) ?? 0) + counted.meanwhile
        this.#total += counted.stored + counted.coming
        if (counted.stored + counted.coming === 0) this.#pools.delete(pool)
      }
    }
  }

  #of(pool: string): Counted {
    let counted = this.#pools.get(pool)
    if (!counted) {
      counted = { stored: 0, coming: 0, meanwhile: 0 }
      this.#pools.set(pool, counted)
    }
    return counted
  }
}

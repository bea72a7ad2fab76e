// What happened in the last hour, newest last, and never more of it than the limit.

const HOUR_MS = 60 * 60_000

export class LastHour<T extends number | { at: number }> {
  #items: T[] = []
  #limit: number

  /** @param limit the oldest go when there are more */
  constructor(limit = 100) {
    this.#limit = limit
  }

  add(item: T): void {
    this.#items.push(item)
    if (this.#items.length > this.#limit) this.#items.shift()
  }

  /** Takes out what the test is true of. */
  remove(test: (item: T) => boolean): void {
    this.#items = this.#items.filter((item) => !test(item))
  }

  /** @param now milliseconds since the epoch; what is later than that came before the clock was set back, and goes too */
  list(now: number): readonly T[] {
    const keep = (item: T): boolean => {
      const age = now - (typeof item === 'number' ? item : item.at)
      return age <= HOUR_MS && age > -HOUR_MS
    }
    if (!this.#items.every(keep)) this.#items = this.#items.filter(keep)
    return this.#items
  }
}

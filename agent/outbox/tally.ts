// Counts what happened lately by key, in equal slots of time: what lies in a slot counts until the whole slot is over, so never too briefly.

export class Tally {
  readonly slotMs: number
  #slots: number
  #counts = new Map<string, Map<number, number>>()

  /** @param slotMs milliseconds @param slots that count: the present one and those before it */
  constructor(slotMs: number, slots: number) {
    this.slotMs = slotMs
    this.#slots = slots
  }

  /** @param at when it happened, in milliseconds since the epoch @param n negative for what did not happen after all */
  add(key: string, n: number, at: number): void {
    const counts = this.#counts.get(key) ?? new Map<number, number>()
    this.#counts.set(key, counts)
    const slot = this.#slotOf(at)
    counts.set(slot, Math.max(0, (counts.get(slot) ?? 0) + n))
  }

  /** All of `key` that still counts. @param now milliseconds since the epoch */
  sum(key: string, now: number): number {
    let sum = 0
    for (const [, n] of this.#current(key, now)) sum += n
    return sum
  }

  /** When no more than `left` of what counts now will count, in milliseconds since the epoch; `now` where that is so already. */
  until(key: string, left: number, now: number): number {
    let sum = this.sum(key, now)
    if (sum <= left) return now
    for (const [slot, n] of this.#current(key, now).sort(([a], [b]) => a - b)) {
      sum -= n
      if (sum <= left) return (slot + this.#slots) * this.slotMs
    }
    return now
  }

  /** Forgets what is over. What lies in the future is of a clock that went back: it counts as of now, and not until that time comes again. */
  #current(key: string, now: number): [number, number][] {
    const counts = this.#counts.get(key)
    if (!counts) return []
    const present = this.#slotOf(now)
    for (const [slot, n] of [...counts]) {
      if (slot > present) counts.set(present, (counts.get(present) ?? 0) + n)
      if (slot > present || slot <= present - this.#slots) counts.delete(slot)
    }
    if (counts.size === 0) this.#counts.delete(key)
    return [...counts]
  }

  #slotOf(at: number): number {
    return Math.floor(at / this.slotMs)
  }
}

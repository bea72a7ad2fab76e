// The newest observations in the order of their time, never more than the limit; a list that was handed out never changes.

import type { Observation } from './observation.ts'

/**
 * As many people as one list holds. With 500 the p95 of ordinary scan times is known to about a tenth of itself, which is
 * better than the 0.85 that a learned window needs, and who scanned before them says little about the people of today.
 */
export const recentLimit = 500

export class Recent {
  #list: Observation[] = []
  #lent = false
  #limit: number

  constructor(limit = recentLimit) {
    this.#limit = limit
  }

  /** From the oldest to the newest. The same array until the next change, so that what was computed from it can be kept. */
  get list(): readonly Observation[] {
    this.#lent = true
    return this.#list
  }

  /** Takes the place that its time gives it, from the newest end; the oldest one makes room. Answers whether it was kept. */
  add(observation: Observation): boolean {
    const list = this.#list
    let place = list.length
    while (place > 0 && (list[place - 1] as Observation).at > observation.at) place -= 1
    const full = list.length >= this.#limit
    if (full && place === 0) return false
    const own = this.#own()
    own.splice(place, 0, observation)
    if (full) own.shift()
    return true
  }

  /** Takes out this very observation; nothing happens when it has already made room for newer ones. */
  remove(observation: Observation): void {
    const place = this.#list.lastIndexOf(observation)
    if (place >= 0) this.#own().splice(place, 1)
  }

  #own(): Observation[] {
    if (this.#lent) this.#list = this.#list.slice()
    this.#lent = false
    return this.#list
  }
}

// Draws that follow from the seed and from words: the same run has the same moments, counts and durations, in whatever order they are asked for.

import { createHash } from 'node:crypto'

export class Draw {
  #words: string

  constructor(seed: number, words: string) {
    this.#words = `${seed}/${words}`
  }

  /** In [least, most). @param what another word is another draw */
  between(least: number, most: number, what: string): number {
    const hash = createHash('sha256').update(`${this.#words}/${what}`).digest()
    return least + (most - least) * (hash.readUInt32BE(0) / 2 ** 32)
  }

  /** A whole number, both ends included. */
  whole(least: number, most: number, what: string): number {
    return Math.floor(this.between(least, most + 1, what))
  }

  pick<T>(list: readonly T[], what: string): T {
    return list[this.whole(0, list.length - 1, what)] as T
  }
}

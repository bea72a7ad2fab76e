// The newest frames, so many at most: whoever comes back in time misses nothing.

export class Ring<F extends { readonly seq: number }> {
  #frames: F[]
  #most: number
  #next = 0
  #newest = 0

  /** @param most at least 1 */
  constructor(most: number) {
    this.#most = most
    this.#frames = []
  }

  /** Its number is one above that of the frame before it; the first is 1. */
  push(frame: F): void {
    this.#frames[this.#next] = frame
    this.#next = (this.#next + 1) % this.#most
    this.#newest = frame.seq
  }

  /** The frames after that number, the oldest first; null where one of them is gone, or the number was never given out. */
  since(seq: number): F[] | null {
    const count = this.#newest - seq
    if (count < 0 || count > this.#frames.length) return null
    return Array.from({ length: count }, (_, i) => this.#at(this.#next - count + i))
  }

  #at(index: number): F {
    return this.#frames[(index + this.#most) % this.#most] as F
  }
}

// Whether the clock on the wall was set back: it is held against one that nobody sets.

/** Clocks are slewed by less than that between two looks, in milliseconds. */
const JUMP_MS = 1_000

export class ClockWatch {
  #wall: () => number
  #steady: () => number
  #apart: number

  constructor(wall: () => number = () => Date.now(), steady: () => number = () => performance.now()) {
    this.#wall = wall
    this.#steady = steady
    this.#apart = wall() - steady()
  }

  /** By how much, in milliseconds, since the last one that was seen to; 0 where it was not. */
  setBackMs(): number {
    const apart = this.#wall() - this.#steady()
    const backMs = this.#apart - apart
    // Forwards there is nothing to do: what waits is due earlier.
    if (backMs <= JUMP_MS) this.#apart = apart
    return backMs > JUMP_MS ? Math.round(backMs) : 0
  }

  /** What had to be done about it is done. */
  seen(): void {
    this.#apart = this.#wall() - this.#steady()
  }
}

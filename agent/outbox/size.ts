// How many messages wait: never less than there are, so that the limit holds from the first moment on and while a count is under way.

export class Size {
  #stored: number | null = null
  /** Being written now. */
  #coming = 0
  /** Written since the count that is under way began: it may have seen them or not. */
  #meanwhile = 0

  /** Whether they were ever counted. */
  get known(): boolean {
    return this.#stored !== null
  }

  get total(): number {
    return (this.#stored ?? 0) + this.#coming
  }

  /** One is about to be written. */
  coming(): void {
    this.#coming += 1
  }

  /** It was written, or not. */
  came(isThere: boolean): void {
    this.#coming -= 1
    if (isThere) this.opened()
  }

  opened(): void {
    if (this.#stored !== null) this.#stored += 1
    this.#meanwhile += 1
  }

  ended(): void {
    if (this.#stored !== null) this.#stored = Math.max(0, this.#stored - 1)
  }

  /** Called before the store is asked; takes what it answered. */
  counting(): (open: number) => void {
    this.#meanwhile = 0
    return (open) => {
      this.#stored = open + this.#meanwhile
    }
  }
}

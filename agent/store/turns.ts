// One at a time, in the order of the calls; a failure of one is nothing to the next.

/** Unlike a queue of tasks it starts each in the async context of its own caller, which spans and transactions depend on. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve()

  take<T>(work: () => T | Promise<T>): Promise<T> {
    const turn = this.#last.then(work)
    this.#last = turn.then(
      () => {},
      () => {},
    )
    return turn
  }
}

// At most N connections are being opened at once in the whole fleet; those who wait are served in order of arrival.

import PQueue from 'p-queue'

/** A place among the connections being opened. */
export interface Place {
  /** Milliseconds spent waiting for it. */
  waitedMs: number
  /** Gives it back. Calling it again does nothing. */
  release(): void
}

export class ConnectLimiter {
  #queue: PQueue

  /** @param concurrency how many connections may be opening at once, at least 1 */
  constructor(concurrency: number) {
    this.#queue = new PQueue({ concurrency })
  }

  get opening(): number {
    return this.#queue.pending
  }

  get waiting(): number {
    return this.#queue.size
  }

  /** Resolves when there is a place; rejects with the signal's reason when it is aborted first. */
  take(signal: AbortSignal): Promise<Place> {
    const askedAt = performance.now()
    return new Promise<Place>((resolve, reject) => {
      const occupied = this.#queue.add(
        () =>
          new Promise<void>((release) => {
            resolve({ waitedMs: performance.now() - askedAt, release })
          }),
        { signal },
      )
      occupied.catch(reject)
    })
  }
}

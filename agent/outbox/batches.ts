// Many small writes as few transactions: what comes while one is under way goes together into the next.

/** How many writes one transaction takes. */
const AT_A_TIME = 100

interface Waiting<In, Out> {
  item: In
  resolve(out: Out): void
  reject(error: unknown): void
}

export class Batches<In, Out> {
  #waiting: Waiting<In, Out>[] = []
  #work: (items: In[]) => Promise<readonly Out[]>
  #busy = false
  #idle: (() => void)[] = []

  /** @param work one transaction: all of the items or none; answers in their order */
  constructor(work: (items: In[]) => Promise<readonly Out[]>) {
    this.#work = work
  }

  /** Items that wait or are being written. */
  get size(): number {
    return this.#waiting.length
  }

  /** Resolves when its transaction has committed; rejects as that did. */
  put(item: In): Promise<Out> {
    const { promise, resolve, reject } = Promise.withResolvers<Out>()
    this.#waiting.push({ item, resolve, reject })
    if (!this.#busy) {
      this.#busy = true
      // Not at once: what comes in the same turn goes along.
      queueMicrotask(() => void this.#run())
    }
    return promise
  }

  /** Resolves when nothing waits. */
  async idle(): Promise<void> {
    if (this.#busy) await new Promise<void>((resolve) => this.#idle.push(resolve))
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, AT_A_TIME)
      try {
        const results = await this.#work(batch.map(({ item }) => item))
        for (const [i, { resolve }] of batch.entries()) resolve(results[i] as Out)
      } catch (error) {
        for (const { reject } of batch) reject(error)
      }
    }
    this.#busy = false
    for (const resolve of this.#idle.splice(0)) resolve()
  }
}

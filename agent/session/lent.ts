// What is lent to a library that outlives its use: what goes on with it can be waited for, and from then on it is taken back.

import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises'

export class Lent {
  #busy = new Set<Promise<unknown>>()
  #over = false

  /** Rejects as the work does, and without beginning it once it is taken back. */
  async use<T>(work: () => Promise<T>): Promise<T> {
    if (this.#over) throw new Error('the session has been stopped')
    const running = work()
    const ended: Promise<unknown> = running.catch(() => {}).finally(() => this.#busy.delete(ended))
    this.#busy.add(ended)
    return running
  }

  /** Waits up to `ms` until nobody uses it, nor goes on to use it with what was just answered; then nobody can. Never rejects. */
  async takeBack(ms: number): Promise<void> {
    const endsAt = performance.now() + ms
    for (;;) {
      // Who computes with an answer and asks again does so in the same turn of the event loop.
      await turn()
      const left = endsAt - performance.now()
      if (this.#busy.size === 0 || left <= 0) break
      await Promise.race([Promise.all(this.#busy), sleep(left, undefined, { ref: false })])
    }
    this.#over = true
  }
}

// Which open failovers nobody goes on with: by this process's own watch, for a time in the store is of somebody else's clock. No clock, no I/O.

import type { Failover } from './rows.ts'

export class Stillness {
  #seen = new Map<string, { steps: number; at: number }>()

  /**
   * For how long each has stood at its step as far as was seen here, in milliseconds: 0 when it is new.
   * @param now milliseconds of a clock that never goes back
   */
  look(open: readonly Failover[], now: number): ReadonlyMap<string, number> {
    const seen = new Map<string, { steps: number; at: number }>()
    for (const { id, data } of open) {
      const before = this.#seen.get(id)
      const steps = data.steps.length
      seen.set(id, before?.steps === steps ? before : { steps, at: now })
    }
    this.#seen = seen
    return new Map([...seen].map(([id, { at }]) => [id, now - at]))
  }
}

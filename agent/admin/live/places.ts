// So many streams at a time, and so many of those who see the same pools only: one tenant must not take the places of all.

import { Problem } from '../problem.ts'

/** Of all places, for the callers who are limited to the same pools. */
const SHARE = 1 / 4

export class Places {
  #most: number
  #taken = 0
  #byScope = new Map<string, number>()

  constructor(most: number) {
    this.#most = most
  }

  get taken(): number {
    return this.#taken
  }

  /** Takes one; answers how to give it back, which may be called twice. Throws Problem. @param pools that the caller sees; null for all */
  take(pools: readonly string[] | null): () => void {
    const scope = pools === null ? null : [...new Set(pools)].sort().join(',')
    const here = scope === null ? 0 : (this.#byScope.get(scope) ?? 0)
    const most = Math.max(1, Math.floor(this.#most * SHARE))
    if (this.#taken >= this.#most) throw full(`${this.#most} live streams are open already`)
    if (here >= most) throw full(`${most} live streams of callers with these pools are open already`)
    this.#taken += 1
    if (scope !== null) this.#byScope.set(scope, here + 1)
    let held = true
    return () => {
      if (!held) return
      held = false
      this.#taken -= 1
      if (scope === null) return
      const left = (this.#byScope.get(scope) ?? 0) - 1
      if (left > 0) this.#byScope.set(scope, left)
      else this.#byScope.delete(scope)
    }
  }
}

function full(detail: string): Problem {
  return new Problem(503, 'too-many-streams', detail, { 'retry-after': '30' })
}

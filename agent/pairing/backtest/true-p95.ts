// What a policy should have learned: the p95 of the newest scan times that the trace knows, cut off or not.

import { quantileSorted } from 'simple-statistics'
import { recentLimit } from '../learning/recent.ts'
import type { Person } from './trace.ts'

/** From so many attempts on, what was learned is held against the truth. */
export const judgedFrom = 300

/** Whose truth counts: each account's that has enough known scan times, or the fleet's where none has. */
export type Judged = { by: 'account'; accounts: ReadonlySet<string> } | { by: 'fleet' }

export function whoIsJudged(people: Iterable<Person>): Judged {
  const scans = new Map<string, number>()
  for (const { account, scanMs } of people)
    if (scanMs !== null) scans.set(account, (scans.get(account) ?? 0) + 1)
  const accounts = new Set([...scans].filter(([, n]) => n >= judgedFrom).map(([account]) => account))
  return accounts.size > 0 ? { by: 'account', accounts } : { by: 'fleet' }
}

/** The p95 of the newest 500 times, as they come in. */
export class TrailingP95 {
  #times: number[] = []
  #sorted: number[] = []

  add(ms: number): void {
    this.#times.push(ms)
    this.#sorted.splice(placeOf(this.#sorted, ms), 0, ms)
    if (this.#times.length <= recentLimit) return
    const oldest = this.#times.shift() as number
    this.#sorted.splice(placeOf(this.#sorted, oldest), 1)
  }

  /** Milliseconds; null before the first time. */
  get value(): number | null {
    return this.#sorted.length === 0 ? null : quantileSorted(this.#sorted, 0.95)
  }
}

/** Index of the first that is not less. */
function placeOf(sorted: readonly number[], ms: number): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sorted[middle] as number) < ms) low = middle + 1
    else high = middle
  }
  return low
}

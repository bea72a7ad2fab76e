// What Grafana has not been told yet: of each account the last state and the last score, and never more than that, however long it is away.

import type { EventOf } from '../../events.ts'
import { sessionStates } from '../../words.ts'
import type { Point } from './line.ts'

/** A point that waits; `account` and `measurement` name it, a newer one takes its place. */
interface Waiting {
  point: Point
  since: number
}

/** What was taken to be sent at once. */
export interface Batch {
  points: readonly Point[]
  /** When the oldest of them was waiting first, in the clock of the caller. */
  since: number
  waiting: ReadonlyMap<string, Waiting>
}

export class Latest {
  #known = new Map<string, Point>()
  #waiting = new Map<string, Waiting>()
  /** Accounts that another process has taken: it tells of them, and two would contradict one another. */
  #ceded = new Set<string>()
  readonly #limit: number

  /** @param limit points that are kept at most, two for each account; those of further accounts are left out */
  constructor(limit: number) {
    this.#limit = limit
  }

  get waiting(): number {
    return this.#waiting.size
  }

  /** Answers false where there is no room for another account. One that was ceded is left out. */
  put(account: string, point: Point, now: number): boolean {
    if (this.#ceded.has(account)) return true
    const key = `${point.measurement} ${account}`
    if (!this.#known.has(key) && this.#known.size >= this.#limit) return false
    this.#known.set(key, point)
    this.#waiting.set(key, { point, since: this.#waiting.get(key)?.since ?? now })
    return true
  }

  /** An account that is gone is told no more. */
  forget(account: string): void {
    for (const measurement of measurements) {
      this.#known.delete(`${measurement} ${account}`)
      this.#waiting.delete(`${measurement} ${account}`)
    }
  }

  /** Another process has taken the account, for as long as this one lives: nothing more of it is told here. */
  cede(account: string): void {
    this.#ceded.add(account)
    this.forget(account)
  }

  /**
   * Everything that is known waits again, for those who have begun to look since it was told.
   * @param at the time of the points, milliseconds since the epoch
   */
  again(at: number, now: number): void {
    for (const [key, point] of this.#known)
      if (!this.#waiting.has(key)) this.#waiting.set(key, { point: { ...point, at }, since: now })
  }

  /** The oldest ones first. */
  take(most: number): Batch {
    const taken = new Map([...this.#waiting].slice(0, most))
    for (const key of taken.keys()) this.#waiting.delete(key)
    const all = [...taken.values()]
    return {
      points: all.map(({ point }) => point),
      since: Math.min(...all.map(({ since }) => since)),
      waiting: taken,
    }
  }

  /** What could not be sent waits again, where nothing newer does. */
  giveBack({ waiting }: Batch): void {
    const newer = this.#waiting
    this.#waiting = new Map([...waiting].filter(([key]) => this.#known.has(key)))
    for (const [key, { point, since }] of newer)
      this.#waiting.set(key, { point, since: this.#waiting.get(key)?.since ?? since })
  }
}

/** The last part of the channel that a panel reads: `stream/<stream>/state`, `stream/<stream>/score`. */
export const measurements = ['state', 'score'] as const

export function pointOfState({ account = '', at, to }: EventOf<'session.state-changed'>): Point {
  // The number is that of whatsapp_session_state_code, so that one mapping of colours does for both.
  const code = BigInt(sessionStates.indexOf(to))
  return { measurement: 'state', tags: { account }, fields: { state: to, code }, at }
}

/** Null where the score is not known. */
export function pointOfScore({
  account = '',
  at,
  score,
  confidence,
}: EventOf<'health.scored'>): Point | null {
  return score === null
    ? null
    : { measurement: 'score', tags: { account }, fields: { score, confidence }, at }
}

// What a strategy is: how one of several accounts that are equal so far is picked, and what each of them may expect.

import type { StrategyName } from '../../words.ts'

/** An account that may take new conversations. */
export interface Member {
  readonly account: string
  /** What counts of its weight now; above 0. */
  readonly weight: number
  /** Messages queued for it or on their way; the router adds those that it has sent there since it last looked. */
  active: number
  /** What `round-robin` remembers between picks; 0 to begin with. */
  credit: number
}

/** What a pick may go by beside the members. */
export interface Picking {
  /** Uniform in [0, 1). */
  random(): number
}

export interface Strategy {
  readonly name: StrategyName
  /** Whether an account of the region goes before a better level elsewhere. */
  readonly regionFirst: boolean
  /** Whether a level that lost accounts gives up a part of the traffic while it still has some. */
  readonly spills: boolean
  /** The index of one of them; there is at least one. Changes nothing but their credit. */
  pick(members: readonly Member[], picking: Picking): number
  /** What each may expect of many picks, in order; sums to 1. */
  shares(members: readonly Member[]): number[]
}

/** Each number's part of their sum. */
export function parts(numbers: readonly number[]): number[] {
  const sum = numbers.reduce((total, number) => total + number, 0)
  return numbers.map((number) => number / sum)
}

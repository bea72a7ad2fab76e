// What a strategy is: which share of the new conversations each of several accounts gets that are equal so far.

import type { StrategyName } from '../../words.ts'

/** An account that may take new conversations. */
export interface Member {
  readonly account: string
  /** What counts of its weight now; above 0. */
  readonly weight: number
  /** Its weight as it is set, also while it starts slowly; above 0. */
  readonly fullWeight: number
  /** Messages queued for it or on their way; the router adds those that it has sent there since it last looked. */
  active: number
  /** How many conversations its shares have promised it more than it got. */
  credit: number
}

export interface Strategy {
  readonly name: StrategyName
  /** Whether an account of the region goes before a better level elsewhere. */
  readonly regionFirst: boolean
  /** Whether conversations are spread by weight, and a level that lost accounts gives some up; otherwise one account has them all. */
  readonly spreads: boolean
  /** What each gets of the next conversations, in order; there is at least one member, and they sum to 1. */
  shares(members: readonly Member[]): number[]
}

/** Each member's part of the sum of what it is worth, above 0. Plain loops: this is most of what a decision costs in a large pool. */
export function partsOf(members: readonly Member[], worth: (member: Member) => number): number[] {
  const parts: number[] = []
  let sum = 0
  for (let i = 0; i < members.length; i++) {
    const own = worth(members[i] as Member)
    parts.push(own)
    sum += own
  }
  for (let i = 0; i < parts.length; i++) parts[i] = (parts[i] as number) / sum
  return parts
}

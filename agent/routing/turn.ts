// Who is next: every decision promises each account its share of one conversation, and whoever was promised most gets it.

import { within } from './sound.ts'
import type { Member, Strategy } from './strategies/strategy.ts'

/** Accounts that share a part of the conversations. */
export interface Group {
  /** 0 to 1; those of all groups sum to 1. */
  readonly share: number
  /** At least one. */
  readonly members: readonly Member[]
}

/** What `turn` remembers of accounts between two plans. */
export type Credits = ReadonlyMap<string, { readonly credit: number }>

/** A member is never owed so much that it would get many in a row. */
const MOST = 2
/** So little decides between equals only, and always the same way: they take turns in an order of their own on every node. */
const SMALL = 1e-6
/** Sums of many shares are not exact; a difference of less is none. */
const EXACT = 1e-9

/**
 * The member whose turn it is, with the place of its group; there is one whose share is above 0. Over many turns each gets its shares to
 * within a conversation or two, however they change meanwhile, and whichever groups its turns were asked for in.
 */
export function turn(groups: readonly Group[], { shares }: Strategy): { member: Member; group: number } {
  let found: Member | undefined
  let group = 0
  for (let g = 0; g < groups.length; g++) {
    const { share, members } = groups[g] as Group
    const each = shares(members)
    for (let i = 0; i < members.length; i++) {
      const part = share * (each[i] as number)
      // What it may still be owed from earlier must not bring somebody back who gets nothing now.
      if (!(part > 0)) continue
      const member = members[i] as Member
      member.credit += part
      if (found === undefined || member.credit > found.credit + EXACT) {
        found = member
        group = g
      }
    }
  }
  const member = found as Member
  member.credit -= 1
  return { member, group }
}

/**
 * The credit that each account begins a plan with. Whoever is new stands in the middle: those who left have taken their credits with them.
 * @param random uniform in [0, 1)
 */
export function creditsFor(
  accounts: readonly string[],
  before: Credits,
  random: () => number,
): (account: string) => number {
  let sum = 0
  let known = 0
  for (const account of accounts) {
    const kept = before.get(account)
    if (!kept) continue
    sum += kept.credit
    known += 1
  }
  const middle = known === 0 ? 0 : sum / known
  return (account) => {
    const kept = before.get(account)
    return kept ? within(kept.credit - middle, -MOST, MOST, 0) : within(random(), 0, 1, 0) * SMALL
  }
}

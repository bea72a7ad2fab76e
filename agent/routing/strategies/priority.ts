// One account takes everything, the next one only when it cannot: by level, then the heavier one, then by name.

import type { Member, Strategy } from './strategy.ts'

function first(members: readonly Member[]): number {
  let best = 0
  for (let i = 1; i < members.length; i++) if (before(members[i] as Member, members[best] as Member)) best = i
  return best
}

/** By the weight as it is set: an account that has just come back is the first one again, or it is not. */
function before(a: Member, b: Member): boolean {
  return a.fullWeight === b.fullWeight ? a.account < b.account : a.fullWeight > b.fullWeight
}

export const priority: Strategy = {
  name: 'priority',
  regionFirst: false,
  // Nothing is spread, so that nothing is missing while one account is left.
  spreads: false,
  shares(members) {
    const taking = first(members)
    return members.map((_, i) => (i === taking ? 1 : 0))
  },
}

// By turns, as often as the weights say and as evenly as they allow: 5, 1, 1 gives a a b a c a a, never five in a row.

import { type Member, parts, type Strategy } from './strategy.ts'

export const roundRobin: Strategy = {
  name: 'round-robin',
  regionFirst: false,
  spills: true,
  pick(members: readonly Member[]): number {
    let best = 0
    let most = Number.NEGATIVE_INFINITY
    let sum = 0
    for (let i = 0; i < members.length; i++) {
      const member = members[i] as Member
      member.credit += member.weight
      sum += member.weight
      if (member.credit > most) {
        most = member.credit
        best = i
      }
    }
    const picked = members[best] as Member
    picked.credit -= sum
    return best
  },
  shares: (members) => parts(members.map(({ weight }) => weight)),
}

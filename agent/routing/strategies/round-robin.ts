// By turns, as often as the weights say, whatever waits: 5, 1, 1 gives a a b a c a a, never five in a row.

import { partsOf, type Strategy } from './strategy.ts'

export const roundRobin: Strategy = {
  name: 'round-robin',
  regionFirst: false,
  spreads: true,
  shares: (members) => partsOf(members, ({ weight }) => weight),
}

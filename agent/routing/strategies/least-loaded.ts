// More to whoever has less to do: by weight while nothing waits, and so that what waits spreads by weight while much does.

import { type Member, partsOf, type Strategy } from './strategy.ts'

/**
 * Weight squared over weight and load, the weights as multiples of their mean. By weight over load alone, many messages would spread by
 * the square root of the weights: who has twice the weight would never have twice the messages.
 */
export function shareLeastLoaded(members: readonly Member[]): number[] {
  let sum = 0
  for (const { weight } of members) sum += weight
  const mean = sum / members.length
  return partsOf(members, ({ weight, active }) => {
    const own = weight / mean
    return (own * own) / (own + active)
  })
}

export const leastLoaded: Strategy = {
  name: 'least-loaded',
  regionFirst: false,
  spreads: true,
  shares: shareLeastLoaded,
}

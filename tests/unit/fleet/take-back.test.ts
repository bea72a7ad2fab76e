// A session that was taken is taken back once an hour and never while somebody else owns the account.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { takeBack } from '../../../agent/fleet/take-back.ts'

const now = 1_700_000_000_000
const minutes = 60_000

it.each([
  ['the first time', [0], true],
  ['the second time within the hour', [59 * minutes, 0], false],
  ['the second time after an hour', [60 * minutes, 0], true],
  ['the third time, the others long ago', [300 * minutes, 200 * minutes, 0], true],
  ['never replaced', [], true],
])('%s: %s ago, taken back %s', (_, ago, expected) => {
  expect(takeBack({ replacedAt: ago.map((ms) => now - ms), now, owned: true })).toBe(expected)
})

it('two agents that both use this rule stop fighting after one round each', () => {
  const replaced: Record<'a' | 'b', number[]> = { a: [], b: [] }
  let holder: 'a' | 'b' = 'a'
  let rounds = 0
  for (let at = now; at < now + 50 * minutes; at += minutes) {
    const loser: 'a' | 'b' = holder
    const winner: 'a' | 'b' = holder === 'a' ? 'b' : 'a'
    replaced[loser].push(at)
    holder = winner
    rounds += 1
    if (!takeBack({ replacedAt: replaced[loser], now: at, owned: true })) break
  }
  expect(rounds).toBe(3)
})

it('an account that is not ours is never taken', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: now })), (replacedAt) => !takeBack({ replacedAt, now, owned: false })),
  )
})

// The interval of a plain p95 holds the true one in nine of ten samples, and says when there are too few times.

import { expect, it } from 'vitest'
import { sortedP95 } from '../../../../agent/pairing/learning/order-statistics.ts'
import { seeded } from '../backtest/traces.ts'

it.each([
  [0, null, null, null],
  [1, 1, 1, null],
  [20, 19, 17, null],
  [58, 56, 52, null],
  [59, 57, 53, 59],
  [100, 95, 91, 99],
  [200, 190, 185, 196],
  [500, 475, 467, 484],
])('%d times: the p95 is the %s-th, between the %s-th and the %s-th', (n, p95Ms, lowMs, highMs) => {
  const sorted = Uint32Array.from({ length: n }, (_, i) => i + 1)
  expect(sortedP95(sorted)).toEqual({ p95Ms, interval: { lowMs, highMs } })
})

it('covers the truth at least as often as it says', () => {
  const random = seeded(7)
  let [held, samples] = [0, 2_000]
  for (let i = 0; i < samples; i += 1) {
    const sorted = Uint32Array.from({ length: 200 }, () => random() * 1e6).sort()
    const { lowMs, highMs } = sortedP95(sorted).interval
    if ((lowMs ?? 0) <= 950_000 && 950_000 <= (highMs ?? 0)) held += 1
  }
  expect(held / samples).toBeGreaterThan(0.89)
  expect(held / samples).toBeLessThan(0.95)
})

// An account that returns gets a tenth of its weight at first and all of it in the end.

import { expect, it } from 'vitest'
import { pick } from '../../../agent/routing/choose.ts'
import { explain } from '../../../agent/routing/explain.ts'
import { planOf } from '../../../agent/routing/plan.ts'
import { slowStart } from '../../../agent/routing/slow-start.ts'
import { candidate, request, settings } from './pool.ts'

it.each([
  [null, 0, 1],
  [0, 0, 0.1],
  [0, 150_000, 0.55],
  [0, 300_000, 1],
  [0, 900_000, 1],
  [1_000, 0, 0.1],
  [Number.NaN, 0, 1],
  [0, Number.NaN, 1],
])('back since %s, asked at %s: %s of its weight', (returnedAt, now, part) => {
  expect(slowStart(returnedAt, now, 300_000)).toBeCloseTo(part, 9)
})

it('without a time to start slowly in it has all at once', () => {
  expect(slowStart(0, 0, 0)).toBe(1)
  expect(slowStart(0, 0, Number.NaN)).toBe(1)
})

it('halfway through, its share is that of its part, and the explanation says so', () => {
  const pool = [candidate('a'), candidate('b', { returnedAt: 0 })]
  const [a, b] = explain(planOf(pool, settings({ strategy: 'round-robin' }), 150_000), request(), 150_000)
  expect(a?.share).toBeCloseTo(1 / 1.55, 9)
  expect(b).toMatchObject({ why: 'level 0, weight 1, starting slowly at 55%, 0 active' })
})

it('of a hundred turns the one that has just come back gets nine or ten', () => {
  const pool = [candidate('a'), candidate('b', { returnedAt: 0 })]
  const plan = planOf(pool, settings({ strategy: 'round-robin' }), 0)
  const given = Array.from({ length: 100 }, () => pick(plan, request()).account)
  expect(given.filter((account) => account === 'b').length).toBeGreaterThanOrEqual(9)
  expect(given.filter((account) => account === 'b').length).toBeLessThanOrEqual(10)
})

// Accounts for the tests of routing: fit for everything, unless said otherwise.

import fc from 'fast-check'
import type { Candidate, Request, RoutingSettings } from '../../../agent/routing/candidate.ts'
import { accountModes, strategyNames } from '../../../agent/words.ts'

export function candidate(account: string, but: Partial<Candidate> = {}): Candidate {
  return {
    account,
    role: 'primary',
    priority: 1,
    weight: 1,
    region: 'uae',
    mode: 'up',
    usable: true,
    unusableBecause: null,
    linked: true,
    healthStatus: 'healthy',
    active: 0,
    returnedAt: null,
    spentUntil: null,
    ejectedUntil: null,
    ...but,
  }
}

export const request = (but: Partial<Request> = {}): Request => ({
  pinned: null,
  region: null,
  bound: null,
  ...but,
})

export const settings = (but: Partial<RoutingSettings> = {}): RoutingSettings => ({
  strategy: 'least-loaded',
  slowStartMs: 300_000,
  region: null,
  ...but,
})

/** Every kind of number, also those that are none. */
const anyNumber = fc.oneof(
  fc.double(),
  fc.integer({ min: -10, max: 200 }),
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0),
)
const regions = ['uae', 'ksa', 'eg'] as const

export const anyCandidates = fc
  .array(
    fc.record({
      role: fc.constantFrom('primary' as const, 'backup' as const),
      priority: anyNumber,
      weight: anyNumber,
      region: fc.constantFrom(...regions),
      mode: fc.constantFrom(...accountModes),
      usable: fc.boolean(),
      linked: fc.boolean(),
      healthStatus: fc.constantFrom(
        'healthy' as const,
        'warning' as const,
        'unhealthy' as const,
        'unknown' as const,
      ),
      active: anyNumber,
      returnedAt: fc.option(anyNumber),
      ejectedUntil: fc.option(anyNumber),
    }),
    { maxLength: 12 },
  )
  .map((all) => all.map((each, i) => candidate(`a-${i}`, each)))

export const anySettings = fc.record({
  strategy: fc.constantFrom(...strategyNames),
  slowStartMs: fc.oneof(anyNumber, fc.constant(300_000)),
  region: fc.option(fc.constantFrom(...regions)),
})

const anyAccount = fc.option(fc.integer({ min: 0, max: 13 }).map((n) => `a-${n}`))
export const anyRequest = fc.record({
  pinned: anyAccount,
  bound: fc.option(
    fc.integer({ min: 0, max: 13 }).map((n) => `a-${n}`),
    { freq: 1 },
  ),
  region: fc.option(fc.constantFrom(...regions, 'nowhere')),
})

/** New conversations of nobody in particular. */
export const freshRequest = anyRequest.map(({ region }) => request({ region }))

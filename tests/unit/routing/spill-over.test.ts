// A level keeps its traffic while it has enough accounts left and gives it up in proportion afterwards.

import { expect, it } from 'vitest'
import { choose, pick } from '../../../agent/routing/choose.ts'
import { explain } from '../../../agent/routing/explain.ts'
import { planOf } from '../../../agent/routing/plan.ts'
import { firstOnly, spillOver } from '../../../agent/routing/spill-over.ts'
import { candidate, request, settings } from './pool.ts'

/** `able/all` of each level, best first. */
const levels = (text: string) =>
  text.split(' ').map((level) => {
    const [able = 0, all = 0] = level.split('/').map(Number)
    return { able, all }
  })

it.each([
  ['4/4 4/4', [1, 0]],
  ['3/4 4/4', [1, 0]],
  ['5/7 7/7', [1, 0]],
  ['2/4 4/4', [0.7, 0.3]],
  ['1/4 4/4', [0.35, 0.65]],
  ['0/4 4/4', [0, 1]],
  ['2/4 1/4', [0.7 / 1, 0.3]],
  ['1/4 1/4', [0.5, 0.5]],
  ['1/4 0/4 1/2', [0.35 / 1, 0, 0.65]],
  ['0/4 0/4', [0, 0]],
  ['1/10 1/10 1/10', [1 / 3, 1 / 3, 1 / 3]],
  ['2/4 1/4 4/4', [0.7, 0.3, 0]],
  ['', [0]],
])('%s shares as %o', (text, expected) => {
  const shares = spillOver(levels(text))
  expect(shares).toHaveLength(expected.length)
  for (const [i, share] of shares.entries()) expect(share).toBeCloseTo(expected[i] as number, 9)
})

it('without proportion the first level that has anybody takes all', () => {
  expect(firstOnly(levels('0/4 1/4 4/4'))).toEqual([0, 1, 0])
  expect(firstOnly(levels('0/4'))).toEqual([0])
})

const halfDown = [
  candidate('p-1'),
  candidate('p-2', { usable: false, unusableBecause: 'its session is connecting' }),
  candidate('b-1', { role: 'backup' }),
]

it('of ten thousand decisions as many go to the backup as its share says', () => {
  const plan = planOf(halfDown, settings(), 0)
  let backup = 0
  const kinds = new Set<string>()
  for (let i = 0; i < 10_000; i++) {
    const { account, reason, level } = pick(plan, request())
    if (account === 'b-1') backup += 1
    kinds.add(`${account} ${reason} ${level}`)
  }
  expect([...kinds].sort()).toEqual(['b-1 spill-over 1', 'p-1 strategy 0'])
  expect(backup / 10_000).toBeCloseTo(0.3, 3)
})

it('a backup stands behind every primary, whatever its priority', () => {
  const pool = [candidate('b-1', { role: 'backup', priority: 1 }), candidate('p-9', { priority: 100 })]
  expect(choose(request(), pool, settings(), () => 0, 0)).toMatchObject({ account: 'p-9', level: 0 })
})

it('the strategy "priority" gives nothing up while somebody of the level is left', () => {
  const set = settings({ strategy: 'priority' })
  expect(explain(planOf(halfDown, set, 0), request(), 0).map(({ share }) => share)).toEqual([1, 0, 0])
})

it('accounts that nobody has linked yet are no strength that their level has lost', () => {
  const added = ['n-1', 'n-2', 'n-3'].map((id) =>
    candidate(id, { usable: false, unusableBecause: 'its session is pairing', linked: false }),
  )
  const pool = [candidate('old'), candidate('b-1', { role: 'backup' }), ...added]
  const shares = explain(planOf(pool, settings(), 0), request(), 0).map(({ share }) => share)
  expect(shares).toEqual([1, 0, 0, 0, 0])
})

it('one that had been linked is missed', () => {
  const pool = [
    candidate('p-1'),
    candidate('p-2', { usable: false, unusableBecause: 'its session is pairing' }),
    candidate('b-1', { role: 'backup' }),
  ]
  const shares = explain(planOf(pool, settings(), 0), request(), 0).map(({ share }) => share)
  expect(shares[2]).toBeCloseTo(0.3, 9)
})

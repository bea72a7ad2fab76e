// How a failover explains the mode of an account says who may bring it back: Linda, or the person who had decided otherwise before.

import { expect, it } from 'vitest'
import { isByPerson, isLent, isParked, parkedWhy } from '../../../../agent/fleet/failover/modes.ts'

it.each([
  ['failover: banned', false, false, false],
  ['failover: asked', false, true, false],
  ['failover: banned, while it was drained', false, true, false],
  [parkedWhy(undefined), true, false, false],
  [parkedWhy('up'), true, false, false],
  [parkedWhy('out'), true, false, false],
  [parkedWhy('draining'), true, true, false],
  ['it took over from a-1', false, false, true],
  ['', false, false, false],
])('"%s": parked %s, by a person %s, lent %s', (why, parked, byPerson, lent) => {
  expect([isParked(why), isByPerson(why), isLent(why)]).toEqual([parked, byPerson, lent])
})

// The newest people in the order of their time, however they came in; what was handed out stays as it was.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Observation } from '../../../../agent/pairing/learning/observation.ts'
import { Recent } from '../../../../agent/pairing/learning/recent.ts'
import { anyone, scan } from './people.ts'

it('keeps the newest, whatever the order they are told in', () => {
  fc.assert(
    fc.property(fc.uniqueArray(anyone, { selector: ({ at }) => at, maxLength: 30 }), (list) => {
      const recent = new Recent(10)
      for (const one of list) recent.add(one)
      expect(recent.list).toEqual(list.toSorted((a, b) => a.at - b.at).slice(-10))
    }),
  )
})

it('a list that was handed out never changes, and is the same until something does', () => {
  const recent = new Recent(2)
  const [one, two, three] = [scan(1, 0, 1), scan(2, 0, 2), scan(3, 0, 3)] as [
    Observation,
    Observation,
    Observation,
  ]
  recent.add(one)
  const first = recent.list
  expect(recent.list).toBe(first)
  recent.add(two)
  recent.add(three)
  expect(recent.add(scan(0, 0, 0))).toBe(false)
  const second = recent.list
  recent.remove(two)
  recent.remove(one)
  expect([first, second, recent.list]).toEqual([[one], [two, three], [three]])
})

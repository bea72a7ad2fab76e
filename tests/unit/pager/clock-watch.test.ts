// A clock that is set back is noticed, by how much, until somebody has seen to it; one that is slewed or set forward is not.

import { expect, it } from 'vitest'
import { ClockWatch } from '../../../alertmanager/pager/desk/clock-watch.ts'

it.each([
  ['nothing happens', [[1_000, 1_000]], [0]],
  [
    'it is slewed',
    [
      [1_000, 1_900],
      [2_000, 3_700],
    ],
    [0, 0],
  ],
  [
    'it is set forward, and then back to what it was',
    [
      [601_000, 1_000],
      [2_000, 2_000],
    ],
    [0, 600_000],
  ],
  [
    'it is set back',
    [
      [-3_599_000, 1_000],
      [-3_598_000, 2_000],
    ],
    [3_600_000, 3_600_000],
  ],
  ['the machine was asleep', [[3_600_000, 5]], [0]],
] as const)('%s', (_, looks, expected) => {
  let [wall, steady] = [0, 0]
  const watch = new ClockWatch(
    () => wall,
    () => steady,
  )
  const said = looks.map((look) => {
    ;[wall, steady] = look
    return watch.setBackMs()
  })
  expect(said).toEqual(expected)
  watch.seen()
  expect(watch.setBackMs()).toBe(0)
})

// A failover stands still from when this process first saw it at its step, whatever the clocks of others say.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Failover } from '../../../../agent/fleet/failover/rows.ts'
import { Stillness } from '../../../../agent/fleet/failover/stillness.ts'

const at = (id: string, steps: number, changedAt = 0) =>
  ({ id, changedAt, data: { steps: Array.from({ length: steps }) } }) as unknown as Failover

it('counts from the first look at the step, and anew after each step', () => {
  const stillness = new Stillness()
  const looks = [
    [0, [at('a', 1)], { a: 0 }],
    [10, [at('a', 1), at('b', 1)], { a: 10, b: 0 }],
    [25, [at('a', 2), at('b', 1)], { a: 0, b: 15 }],
    [30, [at('b', 1)], { b: 20 }],
    // It is open again to somebody who did not see it for a while.
    [40, [at('a', 2), at('b', 1)], { a: 0, b: 30 }],
  ] as const
  for (const [now, open, expected] of looks)
    expect(Object.fromEntries(stillness.look(open, now))).toEqual(expected)
})

it('is the same whatever time the steps bear, and keeps nothing of what is over', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(1_000), fc.integer(), fc.integer({ min: 1, max: 3 })), { maxLength: 20 }),
      (looks) => {
        const [one, other] = [new Stillness(), new Stillness()]
        let now = 0
        for (const [later, changedAt, steps] of looks) {
          now += later
          const seen = one.look([at('a', steps, changedAt)], now)
          expect(seen).toEqual(other.look([at('a', steps)], now))
          expect([...seen.keys()]).toEqual(['a'])
        }
        expect(one.look([], now).size).toBe(0)
      },
    ),
  )
})

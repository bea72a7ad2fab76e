// The ring gives back exactly what came after a number, or says that it no longer can.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Ring } from '../../../../agent/admin/live/ring.ts'

it('whatever its size, how much came, and where somebody was', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), fc.nat(60), fc.nat(70), (most, count, seq) => {
      const ring = new Ring<{ seq: number }>(most)
      const all = Array.from({ length: count }, (_, i) => ({ seq: i + 1 }))
      for (const frame of all) ring.push(frame)
      const after = all.slice(seq)
      const can = seq <= count && after.length <= most
      expect(ring.since(seq)).toEqual(can ? after : null)
    }),
    { seed: 7 },
  )
})

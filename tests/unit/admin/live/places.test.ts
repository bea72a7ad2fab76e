// Streams have so many places, and one tenant at most its share of them.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Places } from '../../../../agent/admin/live/places.ts'

it('those who see the same pools get a quarter, whatever order they name them in; the others get the rest', () => {
  const places = new Places(8)
  const held = [places.take(['a', 'b']), places.take(['b', 'a'])]
  expect(() => places.take(['a', 'b', 'a'])).toThrow('2 live streams of callers with these pools')
  for (let i = 0; i < 6; i++) places.take(null)
  expect(() => places.take(null)).toThrow('8 live streams')
  held[0]?.()
  held[0]?.()
  expect(places.taken).toBe(7)
  places.take(['a', 'b'])
})

it('every place that was taken comes back once, and nothing is left of who is gone', () => {
  const scope = fc.option(fc.subarray(['a', 'b']), { nil: null })
  fc.assert(
    fc.property(fc.array(scope, { maxLength: 30 }), fc.integer({ min: 1, max: 12 }), (scopes, most) => {
      const places = new Places(most)
      for (let round = 0; round < 2; round++) {
        const held: (() => void)[] = []
        for (const each of scopes)
          try {
            held.push(places.take(each))
          } catch {
            // There was no room.
          }
        expect(places.taken).toBe(held.length)
        expect(held.length).toBeLessThanOrEqual(most)
        for (const release of held) release()
        expect(places.taken).toBe(0)
      }
    }),
  )
})

// Whatever an annotation holds, what is made of it is text that XML and JSON carry, and no letter of it is half a one.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { cutText, plain } from '../../../alertmanager/pager/decide/plain.ts'

/** What XML 1.0 calls a character. */
const xml = /^[\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]*$/u

it('keeps what XML can carry and nothing else, at any length', () => {
  const text = fc.string({ unit: 'binary', maxLength: 60 })
  const halves = fc.string({
    unit: fc.constantFrom('a', '\u{1F525}', '\ud83d', '\udd25', '\u0007', '\uffff', '\n'),
  })
  fc.assert(
    fc.property(fc.oneof(text, halves), fc.integer({ min: 0, max: 60 }), (given, longest) => {
      const cut = cutText(plain(given), longest)
      expect(cut).toMatch(xml)
      expect(cut.isWellFormed()).toBe(true)
      expect([...cut].length).toBeLessThanOrEqual(longest)
      expect(plain(given).startsWith(cut)).toBe(true)
    }),
  )
})

it('changes nothing that is good', () => {
  const good = 'QR: \u0627\u0644\u0631\u0645\u0632 \u{1F468}\u200d\u{1F469}\n\tx'
  expect(plain(good)).toBe(good)
  expect(cutText(good, 1_000)).toBe(good)
})

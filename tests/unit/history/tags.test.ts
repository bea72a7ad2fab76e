// Whatever a text is, as a tag it is one piece without line breaks or backslashes, and it comes back.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { decodeTag, encodeTag } from '../../../agent/history/influx/tags.ts'

it.each([
  ['uae-1', 'uae-1'],
  ['', '%'],
  ['%', '%25'],
  ['a\nb', 'a%0Ab'],
  ['a\\', 'a%5C'],
  ['a b,c=d"\'', 'a b,c=d"\''],
  ['ü', 'ü'],
])('%j is written as %j', (text, encoded) => {
  expect(encodeTag(text)).toBe(encoded)
  expect(decodeTag(encoded)).toBe(text)
})

it('every text comes back, and none can end its line', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const encoded = encodeTag(text)
      expect(encoded).not.toMatch(/[\p{Cc}\\]|^$/u)
      expect(decodeTag(encoded)).toBe(text)
    }),
    { seed: 3, numRuns: 2_000 },
  )
})

it('two texts never become the same tag', () => {
  const text = fc.string({ unit: fc.constantFrom('%', '2', '5', '\\', '\n', 'a'), maxLength: 6 })
  fc.assert(
    fc.property(text, text, (a, b) => {
      expect(encodeTag(a) === encodeTag(b)).toBe(a === b)
    }),
    { seed: 3, numRuns: 2_000 },
  )
})

it('what another program wrote is answered as it is', () => {
  expect(decodeTag('100%')).toBe('100%')
})

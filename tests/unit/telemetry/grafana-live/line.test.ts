// Whatever stands in an account's name or a state, a line is read back as what was meant, by a reader that knows nothing of the writer.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { lineOf } from '../../../../agent/telemetry/grafana-live/line.ts'
import { readLine } from '../../../harness/grafana.ts'

const at = 1_763_750_000_123

it.each([
  [
    { measurement: 'state', tags: { account: 'uae-1' }, fields: { state: 'open', code: 3n } },
    'state,account=uae-1 state="open",code=3i 1763750000123000000',
  ],
  [
    { measurement: 'score', tags: { account: 'uae-1' }, fields: { score: 94, confidence: 0.5, sure: true } },
    'score,account=uae-1 score=94,confidence=0.5,sure=true 1763750000123000000',
  ],
  [
    { measurement: 'a b,c', tags: { 'x y': 'p=q, r', none: '' }, fields: { s: 'he said "no\\"' } },
    'a\\ b\\,c,x\\ y=p\\=q\\,\\ r s="he said \\"no\\\\\\"" 1763750000123000000',
  ],
])('a point becomes a line, case %#', (point, line) => {
  expect(lineOf({ ...point, at })).toBe(line)
})

it('what is no number is left out, and where nothing is left there is no line', () => {
  const tags = { account: 'a' }
  expect(lineOf({ measurement: 'm', tags, fields: { a: Number.NaN, b: 1 }, at })).toBe(
    `m,account=a b=1 ${at}000000`,
  )
  expect(lineOf({ measurement: 'm', tags, fields: { a: Number.POSITIVE_INFINITY }, at })).toBeNull()
})

it('is one line and reads back as it was written', () => {
  // What the protocol cannot carry is replaced: line feeds everywhere, backslashes in names.
  const name = fc.string({ minLength: 1 }).filter((text) => !/[\r\n\\"]/.test(text))
  const field = fc.oneof(
    fc.string().filter((text) => !/[\r\n]/.test(text)),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.boolean(),
    // The protocol has no zero below zero.
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => n + 0),
  )
  const point = fc.record({
    measurement: name,
    tags: fc.dictionary(name, name, { maxKeys: 3 }),
    fields: fc.dictionary(name, field, { minKeys: 1, maxKeys: 3 }),
    at: fc.integer({ min: 1_000_000_000_000, max: 4_000_000_000_000 }),
  })
  fc.assert(
    fc.property(point, ({ measurement, tags, fields, at: time }) => {
      const line = lineOf({ measurement, tags, fields, at: time })
      expect(line).not.toMatch(/[\r\n]/)
      const read = readLine(line ?? '')
      expect(read).toEqual({
        measurement,
        tags: { ...tags },
        fields: { ...fields },
        at: BigInt(time) * 1_000_000n,
      })
    }),
  )
})

it('a line feed in a name makes no second line', () => {
  const line = lineOf({ measurement: 'm', tags: { account: 'a\nm2 x=1 1' }, fields: { s: 'x\r\ny' }, at })
  expect(line).toBe(`m,account=a\\ m2\\ x\\=1\\ 1 s="x  y" ${at}000000`)
})

// A filter is read or refused with its place, what was found and what is allowed; nothing else ever comes out of it.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseFilter } from '../../../../agent/admin/filter/parse.ts'
import { FilterError } from '../../../../agent/admin/filter/terms.ts'
import { fields, terms } from './fields.ts'
import { printFilter } from './print.ts'

const day = Date.parse('2026-11-20T00:00:00Z')
const DAY = 86_400_000
const one = (field: string, ...any: object[]) => [{ not: false, field, any }]

describe('what is read', () => {
  it.each<[string, unknown]>([
    ['', []],
    ['   ', []],
    ['account:uae-1', one('account', { op: 'is', value: 'uae-1' })],
    ['account:uae-1,ksa-1', one('account', { op: 'is', value: 'uae-1' }, { op: 'is', value: 'ksa-1' })],
    ['account:uae-*', one('account', { op: 'like', text: 'uae-', before: false, after: true })],
    ['account:*-1', one('account', { op: 'like', text: '-1', before: true, after: false })],
    ['account:*ae*', one('account', { op: 'like', text: 'ae', before: true, after: true })],
    ['account:"uae-*"', one('account', { op: 'is', value: 'uae-*' })],
    ['account:*', one('account', { op: 'any' })],
    ['note:"a \\"b\\" \\\\c"', one('note', { op: 'is', value: 'a "b" \\c' })],
    ['note:a..b', one('note', { op: 'is', value: 'a..b' })],
    ['status:connected', one('status', { op: 'is', value: 'CONNECTED' })],
    ['status:Logged*', one('status', { op: 'is', value: 'LOGGED_OUT' })],
    ['score:80', one('score', { op: 'range', least: 80, most: 80 })],
    ['score:<80', one('score', { op: 'range', below: 80 })],
    ['score:>=-2.5', one('score', { op: 'range', least: -2.5 })],
    ['score:60..80', one('score', { op: 'range', least: 60, most: 80 })],
    ['score:..80', one('score', { op: 'range', most: 80 })],
    ['score:-5..-1', one('score', { op: 'range', least: -5, most: -1 })],
    ['at:2026-11-20', one('at', { op: 'range', least: day, most: day + DAY - 1 })],
    ['at:2026-11-20..2026-11-21', one('at', { op: 'range', least: day, most: day + 2 * DAY - 1 })],
    ['at:>2026-11-20', one('at', { op: 'range', above: day + DAY - 1 })],
    ['at:<2026-11-20', one('at', { op: 'range', below: day })],
    ['at:2026-11-20T04:00:00+04:00', one('at', { op: 'range', least: day, most: day })],
    ['open:true', one('open', { op: 'is', value: true })],
    ['-account:uae-1', [{ not: true, field: 'account', any: [{ op: 'is', value: 'uae-1' }] }]],
    ['sales', [{ not: false, text: 'sales' }]],
    ['-"new SIM"', [{ not: true, text: 'new SIM' }]],
  ])('%s', (filter, expected) => {
    expect(parseFilter(filter, fields)).toEqual(expected)
  })

  it('is the same again when it is written and read', () => {
    fc.assert(
      fc.property(terms, (some) => {
        const written = printFilter(some, fields)
        fc.pre(written.length <= 1_000)
        expect(parseFilter(written, fields)).toEqual(some)
      }),
      { numRuns: 300 },
    )
  })
})

describe('what is refused', () => {
  it.each([
    [
      'colour:red',
      'at character 1: found the field "colour", allowed: account, note, status, score, at, open',
    ],
    ['account:a acount:b', 'at character 11: found the field "acount"'],
    ['acount:b', 'did you mean account?'],
    ['status:CONECTED', 'did you mean CONNECTED?'],
    ['status:CONECTED', 'at character 8: found "CONECTED", allowed: CONNECTED, PAIRING'],
    ['score:high', 'at character 7: found "high", allowed: a number'],
    ['score:9..1', 'a range that does not end before it begins'],
    ['score:..', 'allowed: a number'],
    ['score:1e999', 'allowed: a number'],
    ['score:', 'at character 7: found nothing, allowed: a value'],
    ['score:1,', 'at character 9: found nothing, allowed: a value'],
    ['at:yesterday', 'allowed: a time such as'],
    ['at:2026-02-30', 'allowed: a time such as'],
    ['at:2026-11-20T25:00:00Z', 'allowed: a time such as'],
    ['at:9999-12-31T23:59:59-14:00', 'allowed: a time such as'],
    ['open:yes', 'allowed: true or false'],
    ['account:<5', 'text, which has no order'],
    ['account:a*b', 'a star at the beginning'],
    ['account:**', 'a star at the beginning'],
    ['note:"a', 'at character 6: found a quote that does not end'],
    ['note:"a"b', 'at character 9: found "b", allowed: a blank'],
    ['a"b"', 'at character 2'],
    ['""', 'found no text between the quotes'],
    ['-', 'at character 2: found nothing'],
    [':x', 'at character 1: found ":"'],
    ['__proto__:x', 'found the field "__proto__"'],
    ['constructor:x', 'found the field "constructor"'],
    ['a\u0000b', 'at character 2: found a control character'],
    ['x'.repeat(1_001), 'found 1001 characters, allowed: 1000'],
    [`account:${'x'.repeat(101)}`, 'found 101 characters, allowed: 100'],
    ['a '.repeat(21), 'found more than 20 terms'],
  ])('%j', (filter, words) => {
    expect(() => parseFilter(filter, fields)).toThrow(FilterError)
    expect(() => parseFilter(filter, fields)).toThrow(words)
  })

  it('nothing is thrown but the error of its own, whatever comes, and in no time that can be felt', () => {
    const filter = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 1_100 }),
      fc.string({ unit: fc.constantFrom(...'-:",*<>.\\ accountstatus01'), maxLength: 200 }),
      fc.string({ unit: fc.constantFrom('\\', '"', '*', '-'), maxLength: 1_000 }),
    )
    fc.assert(
      fc.property(filter, (text) => {
        try {
          expect(parseFilter(text, fields)).toBeInstanceOf(Array)
        } catch (error) {
          expect(error).toBeInstanceOf(FilterError)
        }
      }),
      { numRuns: 300 },
    )
  })
})

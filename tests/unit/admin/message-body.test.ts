// What a request for a message may say: one body is one text whatever its order, and every mistake is refused before anything is stored.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bodySchema, canonical, keyOf, notBeforeOf, waitOf } from '../../../agent/admin/message-body.ts'

const good = { pool: 'sales', to: '+447946000001', text: 'hello' }

describe('a body', () => {
  it.each<[string, unknown]>([
    ['null', null],
    ['a number without a plus', { ...good, to: '447946000001' }],
    ['a number with a zero first', { ...good, to: '+0447946000001' }],
    ['a number with a line break behind it', { ...good, to: '+447946000001\n' }],
    ['a JID', { ...good, to: '447946000001@s.whatsapp.net' }],
    ['16 digits', { ...good, to: '+4479460000011234' }],
    ['no text', { pool: 'sales', to: good.to }],
    ['an empty text', { ...good, text: '' }],
    ['a text that is too long', { ...good, text: 'x'.repeat(65_537) }],
    ['half a surrogate pair', { ...good, text: 'a\ud800' }],
    [
      'half a surrogate pair in the content',
      { pool: 'sales', to: good.to, content: { type: 'text', text: '\udc00' } },
    ],
    ['blanks alone', { ...good, text: ' \n\u00a0' }],
    ['blanks alone in the content', { pool: 'sales', to: good.to, content: { type: 'text', text: ' ' } }],
    ['a zero width space', { ...good, text: '\u200b' }],
    ['a word joiner', { ...good, text: '\u2060' }],
    ['a soft hyphen', { ...good, text: '\u00ad' }],
    ['an empty pattern of braille', { ...good, text: '\u2800' }],
    ['a bell', { ...good, text: '\u0007' }],
    [
      'what shows nothing, among blanks',
      { ...good, text: ' \u200b\n\u2060\u00a0\u00ad\u2800\t\u0007\u200d' },
    ],
    [
      'what shows nothing, in the content',
      { pool: 'sales', to: good.to, content: { type: 'text', text: '\u200b ' } },
    ],
    ['the character zero', { ...good, text: 'a\0' }],
    ['text and content', { ...good, content: { type: 'text', text: 'hello' } }],
    ['an unknown content', { pool: 'sales', to: good.to, content: { type: 'image', url: 'x' } }],
    ['an unknown key', { ...good, urgent: true }],
    ['a day without a time', { ...good, notBefore: '2026-11-21' }],
    ['a time without a zone', { ...good, notBefore: '2026-11-21T08:00:00' }],
    ['a day that does not exist', { ...good, notBefore: '2026-02-30T08:00:00Z' }],
    ['too short a life', { ...good, expiresAfter: '999ms' }],
    ['too long a life', { ...good, expiresAfter: '31d' }],
    ['no duration', { ...good, expiresAfter: 'soon' }],
  ])('%s: refused', (_, body) => {
    expect(bodySchema.safeParse(body).success).toBe(false)
  })

  it.each([
    ['an emoji', '\u{1f44d}'],
    ['a single full stop', '.'],
    ['a family, joined by zero width joiners', '\u{1f469}\u200d\u{1f469}\u200d\u{1f467}'],
    ['letters around a zero width joiner', '\u0644\u200d\u0627'],
    ['a pattern of braille', '\u2801'],
    ['a letter among what shows nothing', '\u200b\u2060 a\u0007'],
    ['a character that no Unicode knows yet', '\u0378'],
  ])('%s is a text, and stays as it is', (_, text) => {
    expect(bodySchema.parse({ ...good, text }).text).toBe(text)
    const content = { type: 'text' as const, text }
    expect(bodySchema.parse({ pool: 'sales', to: good.to, content }).content).toEqual(content)
  })

  it('is one text for one request, in whatever order and form it comes', () => {
    const fields = { ...good, region: 'uae', notBefore: '2026-11-21T08:00:00Z', expiresAfter: '2h' }
    const text = canonical(bodySchema.parse(fields))
    fc.assert(
      fc.property(fc.shuffledSubarray(Object.entries(fields), { minLength: 6 }), (entries) => {
        expect(canonical(bodySchema.parse(Object.fromEntries(entries)))).toBe(text)
      }),
    )
    const { text: words, ...rest } = fields
    expect(canonical(bodySchema.parse({ ...rest, content: { text: words, type: 'text' } }))).toBe(text)
    for (const [name, other] of Object.entries({
      to: '+447946000002',
      region: 'eu',
      text: 'hullo',
      expiresAfter: '1h',
    }))
      expect(canonical(bodySchema.parse({ ...fields, [name]: other }))).not.toBe(text)
  })
})

it('a key is visible ASCII, a wait at most a minute', () => {
  expect(keyOf(undefined)).toBeNull()
  expect(keyOf('~!k'.repeat(66))).toHaveLength(198)
  for (const key of ['', ' ', 'a b', 'ä', 'k'.repeat(201), 'a\n'])
    expect(() => keyOf(key)).toThrow('Idempotency-Key')
  expect([undefined, '0s', '60s', '1500ms'].map(waitOf)).toEqual([0, 0, 60_000, 1_500])
  for (const wait of ['', '61s', '-1s', '5', '1h']) expect(() => waitOf(wait)).toThrow('wait')
})

it.each([
  ['nothing', undefined, null],
  ['a time that has been', '2020-01-01T00:00:00Z', Date.UTC(2020, 0, 1)],
  ['a year from now', '2027-11-22T00:00:00Z', Date.UTC(2027, 10, 22)],
  ['a time behind which no answer can be written', '9999-12-31T23:59:59-14:00', 'notBefore: found 9999'],
  ['more than a year', '2027-12-01T00:00:00Z', 'allowed: at most a year from now'],
])('notBefore: %s', (_, notBefore, expected) => {
  const asked = () =>
    notBeforeOf(bodySchema.parse({ ...good, ...(notBefore && { notBefore }) }), Date.UTC(2026, 10, 22))
  if (typeof expected === 'string') expect(asked).toThrow(expected)
  else expect(asked()).toBe(expected)
})

// Durations, ids, phones, addresses and URLs: what each kind of key takes, by table and by property.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatDuration, parseDuration } from '../../../agent/config/durations.ts'
import { isId, isPhone } from '../../../agent/config/ids.ts'
import { parseListen } from '../../../agent/config/listen.ts'
import { distance, suggest } from '../../../agent/config/suggest.ts'
import { hideCredentials, isUrl } from '../../../agent/config/urls.ts'

describe('a duration', () => {
  it.each([
    ['1500ms', 1500],
    ['90s', 90_000],
    ['5m', 300_000],
    ['2h', 7_200_000],
    ['30d', 2_592_000_000],
    ['0s', 0],
    ['', null],
    ['30', null],
    ['1.5s', null],
    ['-1s', null],
    ['1h30m', null],
    ['1 s', null],
    ['1S', null],
    ['999999999999999d', null],
  ])('%s', (text, ms) => {
    expect(parseDuration(text)).toBe(ms)
  })

  it('survives being written and read', () => {
    fc.assert(
      fc.property(fc.nat({ max: 10 * 365 * 86_400_000 }), (ms) => {
        expect(parseDuration(formatDuration(ms))).toBe(ms)
      }),
    )
  })

  it('is never guessed from other text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        if (!/^\d+(ms|s|m|h|d)$/.test(text)) expect(parseDuration(text)).toBeNull()
      }),
    )
  })
})

describe('an id', () => {
  const tail = fc.string({ unit: fc.constantFrom(...'abcxyz019-'), minLength: 1, maxLength: 31 })
  const head = fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz')

  it('is a letter and 1 to 31 of a-z, 0-9 and -', () => {
    fc.assert(fc.property(head, tail, (first, rest) => isId(first + rest)))
  })

  it('has no other character anywhere', () => {
    const other = fc.string({ minLength: 1, maxLength: 1 }).filter((c) => !/[a-z0-9-]/.test(c))
    fc.assert(fc.property(head, tail, other, (first, rest, odd) => !isId(first + rest.slice(1) + odd)))
  })

  it.each(['status', 'metrics', 'trends', 'check', 'a', '1a', '-a', 'a'.repeat(33), 'ab\n'])(
    '%s is none',
    (text) => {
      expect(isId(text)).toBe(false)
    },
  )
})

it('a phone is a plus sign and 7 to 15 digits', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'0123456789'), maxLength: 20 }), (digits) => {
      expect(isPhone(`+${digits}`)).toBe(digits.length >= 7 && digits.length <= 15)
      expect(isPhone(digits)).toBe(false)
    }),
  )
})

describe('a listen address', () => {
  it.each([
    ['127.0.0.1:8420', { host: '127.0.0.1', port: 8420 }],
    ['0.0.0.0:0', { host: '0.0.0.0', port: 0 }],
    ['[::1]:80', { host: '::1', port: 80 }],
    ['localhost:80', { host: 'localhost', port: 80 }],
    ['linda.example:65535', { host: 'linda.example', port: 65535 }],
    ['::1:80', null],
    ['[127.0.0.1]:80', null],
    ['256.0.0.1:80', null],
    ['host', null],
    ['host:', null],
    [':80', null],
    ['host:65536', null],
    ['ho st:80', null],
    ['http://host:80', null],
    ['-host:80', null],
  ])('%s', (text, expected) => {
    expect(parseListen(text)).toEqual(expected)
  })
})

describe('a URL', () => {
  it.each([
    ['wss://web.whatsapp.com/ws/chat', true],
    ['ws://[::1]:7420', true],
    ['WS://host', true],
    ['http://host', false],
    ['ws:host', true],
    ['ws://', false],
    ['//host', false],
    ['ws://ho st', false],
  ])('%s', (text, expected) => {
    expect(isUrl(text, ['ws', 'wss'])).toBe(expected)
  })

  it.each([
    ['postgres://u:p@ss@h/d', 'postgres://***@h/d'],
    ['postgres:u:pass@h/d', 'postgres:***@h/d'],
    ['u:pass@h', 'u:***@h'],
    ['http://h/d?user=u&password=p&x=1', 'http://h/d?user=u&password=***&x=1'],
    ['sqlite:./data', 'sqlite:./data'],
  ])('hides the secrets of %s', (text, shown) => {
    expect(hideCredentials(text)).toBe(shown)
  })
})

describe('a suggestion', () => {
  it.each([
    ['probe_intervl', 'probe_interval'],
    ['probe-interval', 'probe_interval'],
    ['Url', 'url'],
    ['urk', 'url'],
    ['ulr', 'url'],
    ['colour', null],
    ['x'.repeat(101), null],
  ])('%s', (word, expected) => {
    expect(suggest(word, ['url', 'probe_interval', 'probe_deadline'])).toBe(expected)
  })

  it('measures like a metric', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (a, b) => {
        expect(distance(a, b)).toBe(distance(b, a))
        expect(distance(a, b) === 0).toBe(a === b)
        expect(distance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length))
      }),
    )
  })
})

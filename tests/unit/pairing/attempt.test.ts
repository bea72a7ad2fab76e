// An expired code is never handed out, and codes that nobody looks at are not renewed.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type AttemptStart, afterExpiry, PairingAttempt } from '../../../agent/pairing/attempt.ts'

const begin = (start: Partial<AttemptStart> = {}) =>
  new PairingAttempt({ number: 1, method: 'qr', inARow: 0, windowMs: 120_000, now: 0, ...start })

describe('an attempt', () => {
  it('shows a code until the moment it expires, and nothing from then on', () => {
    const attempt = begin()
    attempt.issue('CODE-1', 60_000, 1_000)
    expect(attempt.current(60_999)).toMatchObject({ code: 'CODE-1', index: 1, expiresAt: 61_000 })
    expect(attempt.current(61_000)).toBeNull()
    expect(attempt.view(61_000)).toBeNull()
    expect(attempt.viewed).toBe(false)
  })

  it('counts the time to the scan from the first view, whatever was viewed later', () => {
    const attempt = begin()
    attempt.issue('CODE-1', 60_000, 0)
    expect(attempt.watchedMs(500)).toBeNull()
    attempt.view(2_000)
    attempt.issue('CODE-2', 20_000, 60_000)
    attempt.view(61_000)
    expect(attempt.watchedMs(65_000)).toBe(63_000)
    expect(attempt.watchedMs(1_000)).toBe(0) // a clock that was set back
    expect(attempt.issued).toBe(2)
  })

  it('whatever is issued and viewed when, what is shown is the newest code and not expired', () => {
    const step = fc.record({
      act: fc.constantFrom('issue', 'view', 'current'),
      afterMs: fc.nat({ max: 30_000 }),
      lifeMs: fc.integer({ min: 1, max: 60_000 }),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const attempt = begin()
        let now = 0
        let newest: { code: string; until: number } | null = null
        for (const [i, { act, afterMs, lifeMs }] of steps.entries()) {
          now += afterMs
          if (act === 'issue') {
            newest = { code: `CODE-${i}`, until: now + lifeMs }
            attempt.issue(newest.code, lifeMs, now)
          } else {
            const expected = newest && now < newest.until && now < attempt.endsAt ? newest.code : null
            expect(attempt[act as 'view' | 'current'](now)?.code ?? null).toBe(expected)
          }
        }
      }),
    )
  })
})

describe('the window', () => {
  it('runs from the first view, and from the start while nobody has looked', () => {
    const attempt = begin({ windowMs: 60_000 })
    attempt.issue('CODE-1', 60_000, 0)
    expect(attempt.endsAt).toBe(60_000)
    attempt.view(50_000)
    expect(attempt.endsAt).toBe(110_000)
    attempt.issue('CODE-2', 20_000, 60_000)
    attempt.view(61_000)
    expect(attempt.endsAt).toBe(110_000)
  })

  it('ends the life of the code that is shown', () => {
    const attempt = begin({ windowMs: 60_000 })
    attempt.issue('CODE-1', 60_000, 0)
    attempt.view(10_000)
    attempt.issue('CODE-2', 20_000, 60_000)
    expect(attempt.current(60_000)).toMatchObject({ code: 'CODE-2', expiresAt: 70_000 })
    expect(attempt.current(70_000)).toBeNull()
  })

  it('of a code to be typed is the life of the code, seen or not', () => {
    const attempt = begin({ method: 'code', windowMs: 180_000 })
    attempt.issue('ABCD1234', 180_000, 0)
    attempt.view(100_000)
    expect(attempt.endsAt).toBe(180_000)
  })
})

it.each([
  ['qr', true, 0, 3, 'regenerate'],
  ['qr', true, 2, 3, 'regenerate'],
  ['qr', true, 3, 3, 'code'],
  ['qr', true, 0, 0, 'code'],
  ['qr', false, 0, 3, 'wait'],
  ['qr', false, 3, 3, 'wait'],
  ['code', true, 3, 3, 'wait'],
  ['code', true, 0, 3, 'wait'],
  ['code', false, 3, 3, 'wait'],
] as const)('after %s, viewed %s, %d in a row of %d: %s', (method, viewed, inARow, allowed, next) => {
  expect(afterExpiry({ method, viewed, inARow }, allowed)).toBe(next)
})

// An expired code is never handed out, and codes that nobody looks at are not renewed.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { afterExpiry, PairingAttempt } from '../../../agent/pairing/attempt.ts'

describe('an attempt', () => {
  it('shows a code until the moment it expires, and nothing from then on', () => {
    const attempt = new PairingAttempt(1, 'qr', 0)
    attempt.issue('CODE-1', 60_000, 1_000)
    expect(attempt.current(60_999)).toMatchObject({ code: 'CODE-1', index: 1, expiresAt: 61_000 })
    expect(attempt.current(61_000)).toBeNull()
    expect(attempt.view(61_000)).toBeNull()
    expect(attempt.viewed).toBe(false)
  })

  it('counts the time to the scan from the first view, whatever was viewed later', () => {
    const attempt = new PairingAttempt(1, 'qr', 0)
    attempt.issue('CODE-1', 60_000, 0)
    expect(attempt.scanMs(500)).toBeNull()
    attempt.view(2_000)
    attempt.issue('CODE-2', 20_000, 60_000)
    attempt.view(61_000)
    expect(attempt.scanMs(65_000)).toBe(63_000)
    expect(attempt.scanMs(1_000)).toBe(0) // a clock that was set back
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
        const attempt = new PairingAttempt(1, 'qr', 0)
        let now = 0
        let newest: { code: string; until: number } | null = null
        for (const [i, { act, afterMs, lifeMs }] of steps.entries()) {
          now += afterMs
          if (act === 'issue') {
            newest = { code: `CODE-${i}`, until: now + lifeMs }
            attempt.issue(newest.code, lifeMs, now)
          } else {
            const expected = newest && now < newest.until ? newest.code : null
            expect(attempt[act as 'view' | 'current'](now)?.code ?? null).toBe(expected)
          }
        }
      }),
    )
  })
})

it.each([
  [true, 0, 3, 'regenerate'],
  [true, 2, 3, 'regenerate'],
  [true, 3, 3, 'wait'],
  [true, 0, 0, 'wait'],
  [false, 0, 3, 'wait'],
])('after expiry, viewed %s, %d in a row of %d: %s', (viewed, inARow, allowed, next) => {
  expect(afterExpiry(viewed, inARow, allowed)).toBe(next)
})

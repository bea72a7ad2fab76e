// What follows the end of a connection, reason by reason, and that no delay is ever out of its bounds.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { backoffMs, delayFor, verdictFor } from '../../../agent/session/reconnect.ts'
import { type Reason, reasons } from '../../../agent/words.ts'

describe('the verdict', () => {
  it.each<[Reason, string]>([
    ['connection-closed', 'retry backoff'],
    ['connection-lost', 'retry backoff'],
    ['refused', 'retry backoff'],
    ['connect-timeout', 'retry backoff'],
    ['http-error', 'retry backoff'],
    ['bad-frame', 'retry backoff'],
    ['stalled', 'retry backoff'],
    ['acks-withheld', 'retry backoff'],
    ['server-error', 'retry backoff'],
    ['fenced', 'replace'],
    ['unavailable', 'retry backoff'],
    ['reachout-timelock', 'retry backoff'],
    ['internal-error', 'retry backoff'],
    ['unknown', 'retry backoff'],
    ['restart-required', 'retry now'],
    ['temporarily-banned', 'retry cap'],
    ['untrusted-certificate', 'retry cap'],
    ['logged-out', 'log-out'],
    ['banned', 'fail'],
    ['client-outdated', 'fail'],
    ['multidevice-mismatch', 'fail'],
    ['replaced', 'replace'],
    ['passkey-required', 'wait'],
    ['codes-ended', 'pair-again'],
  ])('%s: %s', (reason, expected) => {
    const verdict = verdictFor(reason)
    expect('delay' in verdict ? `${verdict.do} ${verdict.delay}` : verdict.do).toBe(expected)
  })

  it('a block of the account is never answered with a quick redial', () => {
    const blocks: Reason[] = ['banned', 'temporarily-banned', 'logged-out', 'replaced', 'client-outdated']
    for (const reason of blocks) expect(verdictFor(reason)).not.toMatchObject({ delay: 'backoff' })
    const atOnce = reasons.filter((reason) => {
      const verdict = verdictFor(reason)
      return verdict.do === 'retry' && verdict.delay === 'now'
    })
    expect(atOnce).toEqual(['restart-required'])
  })
})

const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
const backoff = fc
  .tuple(fc.integer({ min: 1, max: 3_600_000 }), fc.integer({ min: 1, max: 86_400_000 }))
  .map(([a, b]) => ({ baseMs: Math.min(a, b), capMs: Math.max(a, b) }))

describe('the back-off', () => {
  it('stays within 0 and min(cap, base * 2^n), however often it failed', () => {
    fc.assert(
      fc.property(fc.nat(), backoff, random, (attempt, bounds, at) => {
        const delay = backoffMs(attempt, bounds, at)
        expect(delay).toBeGreaterThanOrEqual(0)
        expect(delay).toBeLessThanOrEqual(Math.min(bounds.capMs, bounds.baseMs * 2 ** attempt))
        expect(Number.isSafeInteger(delay)).toBe(true)
      }),
    )
  })

  it('has a ceiling that never falls from one failure to the next', () => {
    const almostOne = 1 - Number.EPSILON
    fc.assert(
      fc.property(fc.nat({ max: 2_000 }), backoff, (attempt, bounds) => {
        expect(backoffMs(attempt + 1, bounds, almostOne)).toBeGreaterThanOrEqual(
          backoffMs(attempt, bounds, almostOne),
        )
      }),
    )
  })

  it.each([
    [0, 0.5, 500],
    [3, 0.5, 4_000],
    [20, 0.5, 150_000],
    [1e9, 0.999, 299_700],
    [-3, 0.5, 500],
    [5, 0, 0],
  ])('attempt %d, random %d: %d ms', (attempt, at, ms) => {
    expect(backoffMs(attempt, { baseMs: 1_000, capMs: 300_000 }, at)).toBe(ms)
  })

  it('spreads a fleet that failed at once over the whole width', () => {
    const bounds = { baseMs: 1_000, capMs: 300_000 }
    const delays = Array.from({ length: 100 }, (_, i) => delayFor('backoff', 8, bounds, i / 100))
    expect(new Set(delays).size).toBe(100)
    expect(delays.filter((ms) => ms < 128_000)).toHaveLength(50)
  })
})

describe('the other delays', () => {
  it('now is now', () => {
    fc.assert(fc.property(fc.nat(), backoff, random, (n, b, at) => delayFor('now', n, b, at) === 0))
  })

  it('cap is never shorter than the cap nor longer than one and a half', () => {
    fc.assert(
      fc.property(fc.nat(), backoff, random, (attempt, bounds, at) => {
        const delay = delayFor('cap', attempt, bounds, at)
        expect(delay).toBeGreaterThanOrEqual(bounds.capMs)
        expect(delay).toBeLessThanOrEqual(bounds.capMs * 1.5)
      }),
    )
  })
})

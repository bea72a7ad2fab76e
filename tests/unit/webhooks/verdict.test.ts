// What becomes of a delivery: a table of answers, and pauses that grow, are drawn and end.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { retryAfterMs } from '../../../agent/retry-after.ts'
import { usual } from '../../../agent/webhooks/settings.ts'
import { backoffMs, judge, type Outcome } from '../../../agent/webhooks/verdict.ts'

const now = Date.UTC(2026, 10, 21, 12)
const day = 24 * 3_600_000
const fresh = { attempts: 1, expiresAt: now + day }
const answered = (status: number, retryAfter: number | null = null): Outcome => ({
  kind: 'answered',
  status,
  retryAfterMs: retryAfter,
})
const queued = (delayMs: number, error: string) => ({ state: 'queued', nextAt: now + delayMs, error })

describe('judging', () => {
  it.each<[string, Outcome, { attempts?: number; expiresAt?: number }, object]>([
    ['200', answered(200), {}, { state: 'delivered' }],
    ['204', answered(204), {}, { state: 'delivered' }],
    ['299', answered(299), {}, { state: 'delivered' }],
    ['200 after many', answered(200), { attempts: 40, expiresAt: now - 1 }, { state: 'delivered' }],
    ['301', answered(301), {}, queued(5_000, 'http 301')],
    ['400', answered(400), {}, queued(5_000, 'http 400')],
    ['410', answered(410), {}, { state: 'dead', why: 'gone', error: 'http 410' }],
    ['429 without a time', answered(429), {}, queued(5_000, 'http 429')],
    ['429 in a minute', answered(429, 60_000), {}, queued(60_000, 'http 429')],
    ['429 at once', answered(429, 0), {}, queued(5_000, 'http 429')],
    [
      '503 in a second, again and again',
      answered(503, 1_000),
      { attempts: 10 },
      queued(2_560_000, 'http 503'),
    ],
    ['503 in a day', answered(503, day), {}, queued(3_600_000, 'http 503')],
    ['500 with a time', answered(500, 60_000), {}, queued(5_000, 'http 500')],
    ['no answer', { kind: 'failed', detail: 'ECONNRESET' }, {}, queued(5_000, 'ECONNRESET')],
    ['the 19th', answered(500), { attempts: 19 }, queued(3_600_000, 'http 500')],
    ['the 20th', answered(500), { attempts: 20 }, { state: 'dead', why: 'gave-up', error: 'http 500' }],
    ['late', answered(500), { expiresAt: now + 4_999 }, { state: 'dead', why: 'gave-up', error: 'http 500' }],
    ['just in time', answered(500), { expiresAt: now + 5_000 }, queued(5_000, 'http 500')],
  ])('%s', (_, outcome, tried, verdict) => {
    expect(judge(outcome, { ...fresh, ...tried }, now, 1)).toEqual(verdict)
  })
})

it('who says when to come back is never given up sooner than who says nothing', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(429, 503),
      fc.integer({ min: 0, max: 2 * day }),
      fc.integer({ min: 1, max: usual.attempts - 1 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (status, asked, attempts, random) => {
        const tried = { attempts, expiresAt: now + 10 * day }
        const verdict = judge(answered(status, asked), tried, now, random)
        const plain = judge(answered(500), tried, now, random)
        if (verdict.state !== 'queued' || plain.state !== 'queued') throw new Error('neither is dead')
        expect(verdict.nextAt).toBeGreaterThanOrEqual(plain.nextAt)
        expect(verdict.nextAt).toBeGreaterThanOrEqual(now + Math.min(asked, usual.longestPauseMs))
      },
    ),
  )
})

describe('the pause', () => {
  it('doubles from five seconds to an hour', () => {
    const pauses = Array.from({ length: 12 }, (_, i) => backoffMs(i + 1, 1) / 1_000)
    expect(pauses).toEqual([5, 10, 20, 40, 80, 160, 320, 640, 1_280, 2_560, 3_600, 3_600])
  })

  it('is never shorter than half of that, never longer, and the last attempt is within a day', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (n, random) => {
          const [least, most] = [backoffMs(n, 0), backoffMs(n, 1)]
          expect(least).toBe(Math.round(most / 2))
          expect(backoffMs(n, random)).toBeGreaterThanOrEqual(least)
          expect(backoffMs(n, random)).toBeLessThanOrEqual(most)
        },
      ),
    )
    const total = (random: number) =>
      Array.from({ length: usual.attempts - 1 }, (_, i) => backoffMs(i + 1, random)).reduce((a, b) => a + b)
    expect(total(0) / 3_600_000).toBeCloseTo(5.2, 1)
    expect(total(1) / 3_600_000).toBeCloseTo(10.4, 1)
  })
})

describe('Retry-After', () => {
  it.each<[string | null, number | null]>([
    [null, null],
    ['', null],
    ['0', 0],
    [' 120 ', 120_000],
    ['-1', null],
    ['1.5', null],
    ['1e3', null],
    ['99999999999999', null],
    ['soon', null],
    ['Sat, 21 Nov 2026 12:00:30 GMT', 30_000],
    ['Saturday, 21-Nov-26 12:00:30 GMT', 30_000],
    ['Sat, 21 Nov 2026 11:00:00 GMT', 0],
    ['Sat, 99 Nov 2026 11:00:00 GMT', null],
    ['2026-11-21', null],
  ])('%j is %j', (header, ms) => {
    expect(retryAfterMs(header, now)).toBe(ms)
  })

  it('the form that names no zone is GMT, wherever the agent is', () => {
    const zone = process.env.TZ
    process.env.TZ = 'Asia/Dubai'
    try {
      expect(retryAfterMs('Sat Nov 21 12:00:30 2026', now)).toBe(30_000)
    } finally {
      if (zone === undefined) delete process.env.TZ
      else process.env.TZ = zone
    }
  })

  it('never throws and is never negative', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (header) => {
        expect(retryAfterMs(header, now) ?? 0).toBeGreaterThanOrEqual(0)
      }),
    )
  })
})

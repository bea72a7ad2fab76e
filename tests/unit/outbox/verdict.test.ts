// What follows from a send: a restriction moves, the unknown is repeated, a refusal of the message ends it, and errors are counted.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Attempt,
  delayOf,
  goesAlone,
  type Retry,
  type Verdict,
  verdictOf,
} from '../../../agent/outbox/verdict.ts'

const retry: Retry = { baseMs: 1_000, capMs: 60_000, maxAttempts: 3 }
const again = (state: 'queued' | 'unknown', delayMs: number, error: boolean): Verdict => ({
  do: 'again',
  state,
  delayMs,
  error,
})

describe('the verdict', () => {
  it.each<[string, Partial<Attempt>, Verdict]>([
    ['restricted', { code: 'nack-463' }, { do: 'move' }],
    ['restricted, though nobody knows', { code: 'nack-463', outcome: 'unknown' }, { do: 'move' }],
    ['no acknowledgement', { code: 'ack-timeout', outcome: 'unknown' }, again('unknown', 750, false)],
    [
      'the connection closed',
      { code: 'connection-closed', outcome: 'unknown' },
      again('unknown', 750, false),
    ],
    [
      'unknown for the hundredth time',
      { code: 'ack-timeout', outcome: 'unknown', attempts: 100, errors: 2 },
      again('unknown', 45_000, false),
    ],
    ['the session was away', { code: 'not-open', attempts: 50, errors: 2 }, again('queued', 1_000, false)],
    ['not on WhatsApp', { code: 'not-on-whatsapp' }, { do: 'fail' }],
    ['the id is taken', { code: 'id-taken' }, { do: 'fail' }],
    ['refused for what it is', { code: 'nack-479' }, { do: 'fail' }],
    ['refused', { code: 'nack-400' }, { do: 'fail' }],
    ['too many requests', { code: 'nack-429' }, again('queued', 750, true)],
    ['too late', { code: 'nack-408' }, again('queued', 750, true)],
    ['trouble of the server', { code: 'nack-500' }, again('queued', 750, true)],
    [
      'trouble of the server, the second error',
      { code: 'nack-503', attempts: 7, errors: 1 },
      again('queued', 45_000, true),
    ],
    ['trouble of the server, the last time', { code: 'nack-503', attempts: 7, errors: 2 }, { do: 'fail' }],
    [
      'nobody answered for its devices, for the hundredth time',
      { code: 'query-unanswered', attempts: 100, errors: 2 },
      again('queued', 45_000, false),
    ],
    [
      'the connection closed under it and others, for the hundredth time',
      { code: 'connection-closed', outcome: 'unknown', attempts: 100, errors: 2 },
      again('unknown', 45_000, false),
    ],
    [
      'the connection closed under it alone',
      { code: 'connection-closed', outcome: 'unknown', alone: true },
      again('unknown', 750, true),
    ],
    [
      'the connection closed under it alone, the last time',
      { code: 'connection-closed', outcome: 'unknown', alone: true, errors: 2 },
      { do: 'poison' },
    ],
    [
      'alone and not acknowledged, for the hundredth time',
      { code: 'ack-timeout', outcome: 'unknown', alone: true, attempts: 100, errors: 2 },
      again('unknown', 45_000, false),
    ],
    ['it cannot be encrypted, the last time', { code: 'encryption-failed', errors: 2 }, { do: 'fail' }],
    ['closed before it was written', { code: 'connection-closed' }, again('queued', 750, true)],
  ])('%s', (_, over, expected) => {
    expect(
      verdictOf(
        { code: 'nack-500', outcome: 'failed', attempts: 1, errors: 0, alone: false, ...over },
        retry,
        0.5,
      ),
    ).toEqual(expected)
  })
})

it('the delay lies between half and all of what doubles, under the cap, whatever is asked', () => {
  const numbers = fc.record({
    attempts: fc.integer({ min: 0, max: 100_000 }),
    baseMs: fc.integer({ min: 1, max: 3_600_000 }),
    more: fc.integer({ min: 0, max: 86_400_000 }),
    random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  })
  fc.assert(
    fc.property(numbers, ({ attempts, baseMs, more, random }) => {
      const capMs = baseMs + more
      const of = (n: number, draw = random) => delayOf(n, { baseMs, capMs, maxAttempts: 1 }, draw)
      const full = Math.min(capMs, baseMs * 2 ** Math.min(30, Math.max(0, attempts - 1)))
      expect(of(attempts)).toBeGreaterThanOrEqual(Math.floor(full / 2))
      expect(of(attempts)).toBeLessThanOrEqual(full)
      expect(of(attempts + 1)).toBeGreaterThanOrEqual(of(attempts))
      expect(of(attempts, 0)).toBeLessThanOrEqual(of(attempts))
    }),
  )
})

it.each([
  ['connection-closed', 4, true],
  ['connection-closed', 3, false],
  ['ack-timeout', 100, false],
  [null, 100, false],
])('after %s the attempt %i goes alone: %s', (code, attempts, alone) => {
  expect(goesAlone({ code, attempts })).toBe(alone)
})

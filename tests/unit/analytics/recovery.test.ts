// Recovery and reliability match what a hand computes, and nothing is said from nothing.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { outagesOf, type StateChange } from '../../../agent/analytics/outages.ts'
import {
  failuresByTime,
  meanTimeToRecovery,
  recoverySuccessRate,
  reliability,
} from '../../../agent/analytics/recovery.ts'

const HOUR = 3_600_000
const MINUTE = 60_000
const day = Date.parse('2026-11-16T00:00:00Z') // a Monday
const at = (hours: number): number => day + hours * HOUR
const change = (
  hours: number,
  from: StateChange['from'],
  to: StateChange['to'],
  reason = 'x',
): StateChange => ({
  at: at(hours),
  from,
  to,
  reason,
})

/** One day of one account, by hand: open at 0:00; away 6:00 to 6:02 and 12:00 to 12:10; restarted by hand 15:00; logged out at 18:00. */
const fixture: StateChange[] = [
  change(0, 'connecting', 'open', 'opened'),
  change(6, 'open', 'connecting', 'connection-closed'),
  change(6 + 2 / 60, 'connecting', 'open', 'opened'),
  change(9, 'open', 'restricted', 'reachout-timelock'),
  change(12, 'restricted', 'connecting', 'stalled'),
  change(12 + 5 / 60, 'connecting', 'pairing', 'code-issued'),
  change(12 + 10 / 60, 'pairing', 'open', 'opened'),
  change(15, 'open', 'stopped', 'asked'),
  change(15.1, 'stopped', 'connecting', 'asked'),
  change(15.2, 'connecting', 'open', 'opened'),
  change(18, 'open', 'logged-out', 'logged-out'),
]
const whole = { from: at(0), until: at(24) }

describe('the fixture', () => {
  const outages = outagesOf(fixture, whole)

  it('has three outages; a restriction and a restart by hand are none', () => {
    expect(outages.map(({ from, to, reason }) => [from, to, reason])).toEqual([
      [at(6), at(6 + 2 / 60), 'connection-closed'],
      [at(12), at(12 + 10 / 60), 'stalled'],
      [at(18), null, 'logged-out'],
    ])
  })

  it('recovers in 6 minutes on average: (2 + 10) / 2', () => {
    expect(meanTimeToRecovery(outages)).toBe(6 * MINUTE)
  })

  it('recovered once in three within 5 minutes, twice within 10', () => {
    expect(recoverySuccessRate(outages, 5 * MINUTE, at(24))).toBe(1 / 3)
    expect(recoverySuccessRate(outages, 10 * MINUTE, at(24))).toBe(2 / 3)
  })

  it('was away for 2 + 10 + 360 of 1440 minutes', () => {
    expect(reliability(outages, whole, { seenSince: at(0), now: at(24) })).toBeCloseTo(1 - 372 / 1440, 12)
    expect(
      reliability(outages, { from: at(0), until: at(12) }, { seenSince: at(0), now: at(24) }),
    ).toBeCloseTo(1 - 2 / 720, 12)
  })

  it('failed at 6, 12 and 18 o clock of a Monday', () => {
    const { byHour, byWeekday } = failuresByTime(outages)
    expect(byHour.flatMap((n, hour) => (n ? [[hour, n]] : []))).toEqual([
      [6, 1],
      [12, 1],
      [18, 1],
    ])
    expect(byWeekday).toEqual([0, 3, 0, 0, 0, 0, 0])
  })
})

it('an outage that began before the range is not of it, one that ends after it is', () => {
  expect(outagesOf(fixture, { from: at(6.01), until: at(12.1) }).map(({ from, to }) => [from, to])).toEqual([
    [at(12), at(12 + 10 / 60)],
  ])
})

it('an outage that is young and still on is not judged yet, one that was given up never', () => {
  const on = [change(0, 'connecting', 'open'), change(1, 'open', 'connecting')]
  expect(recoverySuccessRate(outagesOf(on, whole), 5 * MINUTE, at(1) + MINUTE)).toBeNull()
  expect(recoverySuccessRate(outagesOf(on, whole), 5 * MINUTE, at(2))).toBe(0)
  const givenUp = [...on, change(1.5, 'connecting', 'stopped', 'asked')]
  expect(recoverySuccessRate(outagesOf(givenUp, whole), 5 * MINUTE, at(9))).toBeNull()
  expect(meanTimeToRecovery(outagesOf(givenUp, whole))).toBeNull()
})

it('nothing is said of an account that was never open, and of time to come', () => {
  expect(reliability([], whole, { seenSince: null, now: at(24) })).toBeNull()
  expect(reliability([], { from: at(24), until: at(48) }, { seenSince: at(0), now: at(24) })).toBeNull()
})

it('a range that ends before it begins is refused with both ends', () => {
  expect(() => outagesOf([], { from: 2, until: 1 })).toThrow('the range ends (1) before it begins (2)')
})

it('whatever the order of the events, outages do not overlap and reliability stays within 0 and 1', () => {
  const state = fc.constantFrom('open', 'connecting', 'stopped', 'waiting', 'restricted') as fc.Arbitrary<
    StateChange['to']
  >
  const event = fc.record({
    at: fc.integer({ min: day, max: day + 24 * HOUR }),
    from: state,
    to: state,
    reason: fc.constant('x'),
  })
  fc.assert(
    fc.property(fc.array(event, { maxLength: 30 }), (events) => {
      const outages = outagesOf(events, whole)
      for (const [i, outage] of outages.entries()) {
        if (outage.to !== null) expect(outage.to).toBeGreaterThanOrEqual(outage.from)
        const next = outages[i + 1]
        if (next && outage.to !== null) expect(next.from).toBeGreaterThanOrEqual(outage.to)
      }
      const share = reliability(outages, whole, { seenSince: day, now: at(24) })
      expect(share !== null && share >= 0 && share <= 1).toBe(true)
    }),
  )
})

// Quiet hours by the recipient's clock: warnings wait exactly until their end, and what is critical never does.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { localTime } from '../../../alertmanager/pager/decide/local-time.ts'
import { quietUntil } from '../../../alertmanager/pager/decide/quiet.ts'

const night = { from: 22 * 60, to: 7 * 60 }
const lunch = { from: 12 * 60, to: 13 * 60 }

it.each([
  ['at night', night, 'warning', 'Asia/Dubai', '2026-11-21T20:00:00Z', '2026-11-22T03:00:00.000Z'],
  ['in the small hours', night, 'info', 'Asia/Dubai', '2026-11-22T02:59:30Z', '2026-11-22T03:00:00.000Z'],
  ['by day', night, 'warning', 'Asia/Dubai', '2026-11-21T12:00:00Z', null],
  ['when they begin', night, 'warning', 'UTC', '2026-11-21T22:00:00Z', '2026-11-22T07:00:00.000Z'],
  ['when they end', night, 'warning', 'UTC', '2026-11-21T07:00:00Z', null],
  ['critical at night', night, 'critical', 'UTC', '2026-11-21T23:00:00Z', null],
  ['without quiet hours', null, 'warning', 'UTC', '2026-11-21T23:00:00Z', null],
  ['of the same day', lunch, 'warning', 'UTC', '2026-11-21T12:30:00Z', '2026-11-21T13:00:00.000Z'],
  // The clock goes from 02:00 to 03:00 in that night.
  [
    'in a night that is shorter',
    night,
    'warning',
    'Europe/Berlin',
    '2026-03-28T22:00:00Z',
    '2026-03-29T05:00:00.000Z',
  ],
  [
    'in a night that is longer',
    night,
    'warning',
    'Europe/Berlin',
    '2026-10-24T22:00:00Z',
    '2026-10-25T06:00:00.000Z',
  ],
] as const)('%s', (_, hours, severity, zone, at, until) => {
  const said = quietUntil(hours, severity, zone, Date.parse(at))
  expect(said === null ? null : new Date(said).toISOString()).toBe(until)
})

it('ends where it is no longer quiet, and not a minute earlier', () => {
  const minute = fc.integer({ min: 0, max: 1_439 })
  const zone = fc.constantFrom(
    'UTC',
    'Asia/Kathmandu',
    'America/Sao_Paulo',
    'Europe/London',
    'Australia/Lord_Howe',
  )
  const time = fc.date({ min: new Date('2020-01-01'), max: new Date('2035-01-01'), noInvalidDate: true })
  fc.assert(
    fc.property(minute, minute, zone, time, (from, to, timeZone, at) => {
      const until = quietUntil({ from, to }, 'warning', timeZone, at.getTime())
      if (until === null) return
      expect(until).toBeGreaterThan(at.getTime())
      expect(until - at.getTime()).toBeLessThanOrEqual(26 * 3_600_000)
      expect(quietUntil({ from, to }, 'warning', timeZone, until)).toBeNull()
      const before = localTime(until - 60_000, timeZone).minute
      expect(from < to ? before >= from && before < to : before >= from || before < to).toBe(true)
    }),
  )
})

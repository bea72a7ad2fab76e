// Who is on call, by the week and the clock of the schedule's own time zone: always somebody, also when summer time begins.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Schedule } from '../../../alertmanager/pager/config/schema.ts'
import { localTime } from '../../../alertmanager/pager/decide/local-time.ts'
import { onCall } from '../../../alertmanager/pager/decide/on-call.ts'

const day = (text: string): number => Date.parse(`${text}T00:00:00Z`) / 86_400_000
const berlin: Schedule = {
  timeZone: 'Europe/Berlin',
  startDay: day('2026-01-05'),
  handover: 9 * 60,
  rotation: ['alice', 'bob', 'carol'],
  shifts: [],
}
const nights: Schedule = {
  ...berlin,
  timeZone: 'Asia/Dubai',
  shifts: [
    { days: ['fri'], from: 22 * 60, to: 6 * 60, recipients: ['night'] },
    { days: ['sat', 'sun'], from: 8 * 60, to: 20 * 60, recipients: ['weekend', 'second'] },
  ],
}

it.each([
  ['the first minute', berlin, '2026-01-05T08:00:00Z', ['alice']],
  ['a minute before', berlin, '2026-01-05T07:59:00Z', ['carol']],
  ['the last minute of the week', berlin, '2026-01-12T07:59:00Z', ['alice']],
  ['the second week', berlin, '2026-01-12T08:00:00Z', ['bob']],
  ['the fourth week is the first again', berlin, '2026-01-26T08:00:00Z', ['alice']],
  // Summer time begins on 2026-03-29: nine o'clock is 07:00 in UTC from then on.
  ['a minute before nine in summer', berlin, '2026-03-30T06:59:00Z', ['carol']],
  ['nine in summer', berlin, '2026-03-30T07:00:00Z', ['alice']],
  ['long before the start', berlin, '2025-01-06T08:00:00Z', ['carol']],
  ['the night of Friday', nights, '2026-01-09T19:00:00Z', ['night']],
  ['its small hours are Saturday', nights, '2026-01-10T01:59:00Z', ['night']],
  ['after the night', nights, '2026-01-10T02:00:00Z', ['alice']],
  ['Saturday by day', nights, '2026-01-10T04:00:00Z', ['weekend', 'second']],
  ['Saturday evening', nights, '2026-01-10T16:00:00Z', ['alice']],
  ['Friday before the night', nights, '2026-01-09T17:59:00Z', ['alice']],
])('%s', (_, schedule, at, names) => {
  expect(onCall(schedule, Date.parse(at))).toEqual(names)
})

it('always has somebody', () => {
  const zone = fc.constantFrom('UTC', 'Asia/Kathmandu', 'America/Sao_Paulo', 'Pacific/Apia', 'Europe/London')
  fc.assert(
    fc.property(
      zone,
      fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true }),
      (timeZone, at) => {
        expect(onCall({ ...nights, timeZone }, at.getTime()).length).toBeGreaterThan(0)
      },
    ),
  )
})

it('reads the wall clock of a time zone', () => {
  const at = Date.parse('2026-11-21T20:30:00Z')
  expect(localTime(at, 'Asia/Kolkata')).toEqual({ day: day('2026-11-22'), weekday: 'sun', minute: 120 })
  expect(localTime(at, 'America/New_York')).toMatchObject({ weekday: 'sat', minute: 15 * 60 + 30 })
})

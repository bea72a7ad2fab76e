// A report is due once a day by the clocks of its zone, also on the days on which they are turned, and a chart has one mark for each day.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dayMarks } from '../../../../agent/analytics/reports/marks.ts'
import { lastDue, scheduleOf } from '../../../../agent/analytics/reports/schedule.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Everything that is due in the time, oldest first. */
function dues(cron: string, timezone: string, from: string, until: string): string[] {
  const schedule = scheduleOf(cron, timezone)
  const times: string[] = []
  for (let at = Date.parse(from); at < Date.parse(until); at += MINUTE)
    if (schedule(at)) times.push(new Date(at).toISOString().slice(0, 16))
  return times
}

describe('days on which the clocks are turned', () => {
  it.each([
    // From 02:00 to 03:00: the time that is skipped comes at 03:00.
    ['30 2 * * *', 'Europe/Berlin', '2027-03-27', '2027-03-29T12:00Z', ['27T01:30', '28T01:00', '29T00:30']],
    ['0 3 * * *', 'Europe/Berlin', '2027-03-28', '2027-03-29', ['28T01:00']],
    ['30 2 * * 0', 'Europe/Berlin', '2027-03-28', '2027-03-29', ['28T01:00']],
    // From 03:00 back to 02:00: the first time counts.
    ['30 2 * * *', 'Europe/Berlin', '2026-10-24', '2026-10-26T12:00Z', ['24T00:30', '25T00:30', '26T01:30']],
    ['0 3 * * *', 'Europe/Berlin', '2026-10-25', '2026-10-26', ['25T02:00']],
    // At midnight: to 01:00, and back from 01:00.
    ['0 0 * * *', 'Africa/Cairo', '2027-04-29T12:00Z', '2027-04-30T12:00Z', ['29T22:00']],
    ['30 0 1 * *', 'America/Havana', '2026-11-01', '2026-11-02', ['01T04:30']],
    // By half an hour: back from 02:00, and to 02:30.
    ['45 1 * * *', 'Australia/Lord_Howe', '2027-04-03T12:00Z', '2027-04-04T12:00Z', ['03T14:45']],
    ['15 2 * * *', 'Australia/Lord_Howe', '2026-10-03T12:00Z', '2026-10-04T12:00Z', ['03T15:30']],
    ['0 7 * * *', 'Asia/Kathmandu', '2026-11-20', '2026-11-21', ['20T01:15']],
    ['0 7 * * *', 'UTC', '2026-11-20', '2026-11-21', ['20T07:00']],
  ])('%s in %s, %s', (cron, timezone, from, until, expected) => {
    expect(dues(cron, timezone, from, until).map((at) => at.slice(8))).toEqual(expected)
  })

  it('whatever the time of day, it is due once in the day around a turn', () => {
    const turn = fc.constantFrom(
      ['Europe/Berlin', '2027-03-27T12:00'],
      ['Europe/Berlin', '2026-10-24T12:00'],
      ['Africa/Cairo', '2027-04-29T12:00'],
      ['America/Havana', '2026-10-31T12:00'],
      ['Australia/Lord_Howe', '2027-04-03T06:00'],
    )
    const timeOfDay = fc.tuple(fc.nat({ max: 4 }), fc.nat({ max: 59 }))
    fc.assert(
      fc.property(turn, timeOfDay, ([timezone = '', from = ''], [hour, minute]) => {
        const begin = Date.parse(`${from}Z`)
        const until = new Date(begin + DAY).toISOString()
        expect(dues(`${minute} ${hour} * * *`, timezone, `${from}Z`, until)).toHaveLength(1)
      }),
      { numRuns: 8 },
    )
  })
})

it('what was due last is found to the minute, this one included and the one of the last look not', async () => {
  const at = (iso: string) => (minute: number) => minute === Date.parse(iso)
  const last = (iso: string) =>
    lastDue(at(iso), { after: Date.parse('2026-11-19T07:00Z'), until: Date.parse('2026-11-20T07:00:30Z') })
  expect(await last('2026-11-20T07:00:00Z')).toBe(Date.parse('2026-11-20T07:00:00Z'))
  expect(await last('2026-11-19T07:01:00Z')).toBe(Date.parse('2026-11-19T07:01:00Z'))
  expect(await last('2026-11-20T07:01:00Z')).toBe(null)
  expect(await last('2026-11-19T07:00:00Z')).toBe(null)
})

describe('marks of a chart', () => {
  const marks = (from: string, days: number, timezone: string): string[] =>
    dayMarks(Date.parse(from), Date.parse(from) + days * DAY, timezone).map(({ text }) => text)

  it('each day has one, also where midnight is missing or comes twice', () => {
    expect(marks('2027-04-28T00:00Z', 4, 'Africa/Cairo')).toEqual([
      'Thu 29 Apr',
      'Fri 30 Apr',
      'Sat 1 May',
      'Sun 2 May',
    ])
    expect(marks('2026-10-30T12:00Z', 4, 'America/Havana')).toEqual([
      'Sat 31 Oct',
      'Sun 1 Nov',
      'Mon 2 Nov',
      'Tue 3 Nov',
    ])
  })

  it('a day has one every three hours', () => {
    expect(
      marks('2026-11-20T05:00Z', 1, 'UTC')
        .map((text) => text.slice(0, 2))
        .join(),
    ).toBe('06,09,12,15,18,21,00,03')
    expect(marks('2027-04-29T20:00Z', 0.4, 'Africa/Cairo')).toEqual(['01:00', '03:00', '06:00'])
    expect(marks('2026-11-01T01:00Z', 0.4, 'America/Havana')).toEqual(['21:00', '00:00', '03:00'])
  })
})

// What a clock and a calendar on the wall of a time zone show, summer time included.

import { type Weekday, weekdays } from '../words.ts'

export interface LocalTime {
  /** Days since 1970-01-01 by the calendar there. */
  day: number
  weekday: Weekday
  /** Minutes after midnight. */
  minute: number
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** @param at milliseconds since the epoch */
export function localTime(at: number, timeZone: string): LocalTime {
  let format = formats.get(timeZone)
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
    })
    formats.set(timeZone, format)
  }
  const part = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]))
  const day = Date.UTC(part.year ?? 0, (part.month ?? 1) - 1, part.day ?? 1) / 86_400_000
  return { day, weekday: weekdayOf(day), minute: (part.hour ?? 0) * 60 + (part.minute ?? 0) }
}

/** The first of January 1970 was a Thursday. */
export function weekdayOf(day: number): Weekday {
  return weekdays[(((day + 4) % 7) + 7) % 7] as Weekday
}

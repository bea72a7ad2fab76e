// Who is on call: the first shift that is running, otherwise the one of the rotation whose week it is.

import type { Schedule } from '../config/schema.ts'
import { localTime, weekdayOf } from './local-time.ts'

const DAY = 24 * 60

/** @param at milliseconds since the epoch */
export function onCall(schedule: Schedule, at: number): readonly string[] {
  const { timeZone, startDay, handover, rotation, shifts } = schedule
  const { day, minute } = localTime(at, timeZone)
  const shift = shifts.find((each) => isRunning(each, day, minute))
  if (shift) return shift.recipients
  // By the calendar there, so that a week is a week also when summer time begins.
  const weeks = Math.floor((day - startDay + (minute - handover) / DAY) / 7)
  const turn = ((weeks % rotation.length) + rotation.length) % rotation.length
  return rotation.slice(turn, turn + 1)
}

function isRunning({ days, from, to }: Schedule['shifts'][number], day: number, minute: number): boolean {
  const today = days.includes(weekdayOf(day))
  if (from < to) return today && minute >= from && minute < to
  const yesterday = days.includes(weekdayOf(day - 1))
  return (today && minute >= from) || (yesterday && minute < to)
}

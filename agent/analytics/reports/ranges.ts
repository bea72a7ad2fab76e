// What a report covers: the 24 hours, seven days or thirty days before a moment, and as much before them to compare with.

import type { ReportType } from '../../words.ts'
import type { Range } from '../outages.ts'

const DAY_MS = 24 * 60 * 60_000
/** Whole days of 24 hours: a month of the calendar may be longer than the history, and a day with a change of the clocks is no other day. */
const DAYS: Readonly<Record<ReportType, number>> = { daily: 1, weekly: 7, monthly: 30 }

export function rangesOf(type: ReportType, until: number): { range: Range; before: Range } {
  const ms = DAYS[type] * DAY_MS
  return { range: { from: until - ms, until }, before: { from: until - 2 * ms, until: until - ms } }
}

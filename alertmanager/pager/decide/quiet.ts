// Warnings wait for the morning of whoever they are for; what is critical waits for nobody.

import type { QuietHours } from '../config/schema.ts'
import type { Severity } from '../words.ts'
import { localTime } from './local-time.ts'

const MINUTE = 60_000

/** When the delivery may be made, in milliseconds; null for at once. */
export function quietUntil(
  hours: QuietHours | null,
  severity: Severity,
  timeZone: string,
  now: number,
): number | null {
  if (hours === null || severity === 'critical' || hours.from === hours.to) return null
  const minuteOf = (at: number): number => localTime(at, timeZone).minute
  if (!within(hours, minuteOf(now))) return null
  // By the clock there: an hour that summer time takes away or gives is walked over, not reckoned.
  let at = now - (now % MINUTE)
  while (within(hours, minuteOf(at))) at += MINUTE * Math.max(1, Math.min(30, left(hours, minuteOf(at)) - 60))
  return at
}

function within({ from, to }: QuietHours, minute: number): boolean {
  return from < to ? minute >= from && minute < to : minute >= from || minute < to
}

/** Minutes to the end by a clock that nobody turns. */
function left({ to }: QuietHours, minute: number): number {
  return (to - minute + 24 * 60) % (24 * 60)
}

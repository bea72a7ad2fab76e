// Where the days of a period begin in a time zone, as many as a chart has room for; hours, where the period is a day.

const HOUR_MS = 60 * 60_000
const DAY_MS = 24 * HOUR_MS
const MOST = 10

/** @param from milliseconds since the epoch, like `until` */
export function dayMarks(from: number, until: number, timezone: string): { at: number; text: string }[] {
  const daily = until - from <= DAY_MS
  const form = new Intl.DateTimeFormat('en-GB', {
    timeZone: timezone,
    hourCycle: 'h23',
    ...(daily
      ? { hour: '2-digit', minute: '2-digit' }
      : { weekday: 'short', day: 'numeric', month: 'short' }),
  })
  const clock = new Intl.DateTimeFormat('en-GB', { timeZone: timezone, hour: '2-digit', hourCycle: 'h23' })
  const every = daily ? 3 : 24
  const marks: { at: number; text: string }[] = []
  // Zones may lie a quarter of an hour off: the hours are those of the zone closely enough for a mark.
  for (let at = Math.ceil(from / HOUR_MS) * HOUR_MS; at < until; at += HOUR_MS)
    if (Number(clock.format(at)) % every === 0) marks.push({ at, text: form.format(at) })
  const step = Math.ceil(marks.length / MOST)
  return marks.filter((_, i) => i % step === 0)
}

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
  const clock = new Intl.DateTimeFormat('en-GB', {
    timeZone: timezone,
    day: 'numeric',
    hour: '2-digit',
    hourCycle: 'h23',
  })
  /** The part of a chart that an hour belongs to: three hours, or a day. Where clocks are turned at midnight the hour 0 is missing, or comes twice. */
  const partOf = (at: number): string => {
    const { day, hour } = Object.fromEntries(clock.formatToParts(at).map(({ type, value }) => [type, value]))
    return daily ? `${day} ${Math.floor(Number(hour) / 3)}` : `${day}`
  }
  const marks: { at: number; text: string }[] = []
  // Zones may lie a quarter of an hour off: the hours are those of the zone closely enough for a mark.
  const first = Math.ceil(from / HOUR_MS) * HOUR_MS
  let part = partOf(first - HOUR_MS)
  for (let at = first; at < until; at += HOUR_MS) {
    const next = partOf(at)
    if (next !== part) marks.push({ at, text: form.format(at) })
    part = next
  }
  const step = Math.ceil(marks.length / MOST)
  return marks.filter((_, i) => i % step === 0)
}

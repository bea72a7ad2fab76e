// Outages by weekday and hour as people of a time zone live them.

/** No time zone lies off by less than this, and asking for the hour of a moment takes some ten microseconds. */
const QUARTER_MS = 15 * 60_000
const days = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']

/** Seven rows, Monday first, of 24 hours. @param times milliseconds since the epoch */
export function outageTimes(times: Iterable<number>, timezone: string): number[][] {
  const form = new Intl.DateTimeFormat('en-GB', {
    timeZone: timezone,
    weekday: 'short',
    hour: '2-digit',
    hourCycle: 'h23',
  })
  const table = days.map(() => new Array<number>(24).fill(0))
  const quarters = new Map<number, number>()
  for (const at of times) {
    const quarter = Math.floor(at / QUARTER_MS)
    quarters.set(quarter, (quarters.get(quarter) ?? 0) + 1)
  }
  for (const [quarter, count] of quarters) {
    const said = form.formatToParts(quarter * QUARTER_MS)
    const parts = Object.fromEntries(said.map(({ type, value }) => [type, value]))
    const row = table[days.indexOf(parts.weekday ?? '')]
    const hour = Number(parts.hour)
    if (row) row[hour] = (row[hour] ?? 0) + count
  }
  return table
}

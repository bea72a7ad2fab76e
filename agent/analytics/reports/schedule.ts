// When a report is due by the clocks of a time zone, also on the days on which they are turned: a time that they skip comes when they go on, one that they show twice comes once.

import { setImmediate as turn } from 'node:timers/promises'
import { createTask } from 'node-cron'

const MINUTE_MS = 60_000
/** No zone puts its clocks back by more. */
const TURNED_MS = 4 * 60 * MINUTE_MS
/** Minutes that are asked about in one turn of the event loop; each takes some 150 microseconds. */
const AT_ONCE = 20

/** Whether something is due in the minute that begins then, in milliseconds since the epoch. */
export type Schedule = (minute: number) => boolean

/** @param cron five fields */
export function scheduleOf(cron: string, timezone: string): Schedule {
  const wall = wallOf(timezone)
  // Times on the wall are asked about as if they were UTC, in which every one of them comes, and once.
  const task = createTask(cron, () => {}, { timezone: 'UTC', name: 'times of a report' })
  return (minute) => newOnTheWall(wall, minute).some((time) => task.match(new Date(time)))
}

/** The last minute after `after` and not after `until` in which it is due; null without one. All in milliseconds since the epoch. */
export async function lastDue(
  schedule: Schedule,
  { after, until }: { after: number; until: number },
): Promise<number | null> {
  let asked = 0
  for (let minute = minuteOf(until); minute > after; minute -= MINUTE_MS) {
    if (schedule(minute)) return minute
    if (++asked % AT_ONCE === 0) await turn()
  }
  return null
}

export function minuteOf(ms: number): number {
  return Math.floor(ms / MINUTE_MS) * MINUTE_MS
}

type Wall = (at: number) => number

/** The time that clocks show there, as the milliseconds at which a clock of UTC shows it. */
function wallOf(timezone: string): Wall {
  const form = new Intl.DateTimeFormat('en-US', { timeZone: timezone, timeZoneName: 'longOffset' })
  return (at) => {
    const said = form.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? ''
    const [, sign, hours, minutes] = /([+-])(\d+):(\d+)/.exec(said) ?? []
    const offset = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * MINUTE_MS
    return sign === '-' ? at - offset : at + offset
  }
}

/** The time that the wall shows from this minute on and those that it skipped to get there; none where it has shown this time before. */
function newOnTheWall(wall: Wall, minute: number): number[] {
  const shown = wall(minute)
  const putBack = wall(minute - TURNED_MS) + TURNED_MS - shown
  if (putBack > 0 && wall(minute - putBack) === shown) return []
  const before = wall(minute - MINUTE_MS)
  const times: number[] = []
  for (let time = shown; time > before; time -= MINUTE_MS) times.push(time)
  return times
}

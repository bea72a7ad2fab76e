// A period as a cron expression, where the divisions of the clock allow it: whoever waits for the next one can tell when it is.

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** The expression (with seconds) for every so many milliseconds; null for what does not divide a minute, an hour or a day. */
export function cronOf(ms: number): string | null {
  if (!(ms > 0)) return null
  if (ms < MINUTE) return ms % SECOND === 0 && MINUTE % ms === 0 ? `*/${ms / SECOND} * * * * *` : null
  if (ms < HOUR) return ms % MINUTE === 0 && HOUR % ms === 0 ? `0 */${ms / MINUTE} * * * *` : null
  if (ms < DAY) return ms % HOUR === 0 && DAY % ms === 0 ? `0 0 */${ms / HOUR} * * *` : null
  return ms === DAY ? '0 0 0 * * *' : null
}

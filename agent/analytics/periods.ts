// Periods as people ask for them: `7d`, `24h`, or the contract's `7days`.

const units = { h: 60 * 60_000, d: 24 * 60 * 60_000 } as const
const MOST_MS = 365 * units.d

/** Milliseconds; null for what is no period from an hour to a year. */
export function parsePeriod(text: string): number | null {
  const [, count, unit] = /^(\d{1,4})\s*(h|hours?|d|days?)$/.exec(text) ?? []
  if (count === undefined || unit === undefined) return null
  const ms = Number(count) * units[unit[0] as 'h' | 'd']
  return ms > 0 && ms <= MOST_MS ? ms : null
}

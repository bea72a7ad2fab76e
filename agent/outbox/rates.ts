// What the configured limits come to: an even share of a minute, and the part of a day that an account of some age may use.

export interface Rates {
  readonly accountPerMinute: number | null
  readonly accountPerDay: number | null
  readonly poolPerMinute: number | null
  readonly warmUp: { readonly days: number; readonly firstDay: number } | null
}

export const DAY_MS = 24 * 3_600_000
/** A minute's allowance is handed out in slices of this many seconds, so that it is not spent in one burst. */
const SLICE_S = 5

/**
 * What an account may send on a day of its life: it grows by the same factor every day from `firstDay` to `full`.
 * @param ageMs since it was first seen open; below 0 counts as 0
 */
export function dayAllowance(full: number, warmUp: Rates['warmUp'], ageMs: number): number {
  if (!warmUp || warmUp.firstDay >= full) return full
  const share = Math.min(1, Math.max(0, ageMs / (warmUp.days * DAY_MS)))
  return Math.floor(warmUp.firstDay * (full / warmUp.firstDay) ** share)
}

/** The shortest slice, in seconds, in which whole messages come to no less than nine tenths of the limit, and never to more. */
export function sliceOf(perMinute: number): { points: number; duration: number } {
  for (let duration = SLICE_S; duration < 60; duration++) {
    const points = Math.floor((perMinute * duration) / 60)
    if (points >= (0.9 * perMinute * duration) / 60) return { points, duration }
  }
  return { points: perMinute, duration: 60 }
}

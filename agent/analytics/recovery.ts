// How well an account comes back: mean time to recovery, share of outages that ended, share of the time in which it served.

import { mean } from 'simple-statistics'
import { checkedRange, type Outage, type Range } from './outages.ts'

/** Mean milliseconds from the end of a connection to the next one that is open, over outages that have ended; null without any. */
export function meanTimeToRecovery(outages: readonly Outage[]): number | null {
  const times = outages.flatMap(({ from, to }) => (to === null ? [] : [to - from]))
  return times.length === 0 ? null : mean(times)
}

/**
 * Share of the outages that ended by themselves within `withinMs`, 0 to 1; null without outages. One that somebody gave up, and one that
 * is younger than that and still on, are not counted.
 */
export function recoverySuccessRate(
  outages: readonly Outage[],
  withinMs: number,
  now: number,
): number | null {
  const judged = outages.filter(
    ({ from, to, givenUp }) => !givenUp && (to !== null || now - from >= withinMs),
  )
  if (judged.length === 0) return null
  return judged.filter(({ from, to }) => to !== null && to - from <= withinMs).length / judged.length
}

/**
 * Share of the range in which the account served, 0 to 1. Time before it was first seen and after `now` is left out; null when nothing is
 * left.
 * @param seenSince when the account was first known to be open, in milliseconds since the epoch; null when it never was
 */
export function reliability(
  outages: readonly Outage[],
  range: Range,
  { seenSince, now }: { seenSince: number | null; now: number },
): number | null {
  const { from, until } = checkedRange(range)
  if (seenSince === null) return null
  const begin = Math.max(from, seenSince)
  const end = Math.min(until, now)
  if (end <= begin) return null
  let away = 0
  for (const outage of outages)
    away += Math.max(0, Math.min(outage.to ?? end, end) - Math.max(outage.from, begin))
  return 1 - Math.min(1, away / (end - begin))
}

/** Outages by the hour of the day and by the day of the week (Sunday first), in UTC. */
export function failuresByTime(outages: readonly Outage[]): { byHour: number[]; byWeekday: number[] } {
  const byHour = new Array<number>(24).fill(0)
  const byWeekday = new Array<number>(7).fill(0)
  for (const { from } of outages) {
    const date = new Date(from)
    byHour[date.getUTCHours()] = (byHour[date.getUTCHours()] ?? 0) + 1
    byWeekday[date.getUTCDay()] = (byWeekday[date.getUTCDay()] ?? 0) + 1
  }
  return { byHour, byWeekday }
}

// The analytics of one account over a range, from what the history has kept of it.

import type { History, KeptEvent } from '../history/port.ts'
import { checkedRange, outagesOf, type Range, type StateChange } from './outages.ts'
import { failuresByTime, meanTimeToRecovery, recoverySuccessRate, reliability } from './recovery.ts'
import { forecast, type Sample, trendOf } from './trend.ts'

/** More than an account has in a month, at one change a minute. */
const MOST_EVENTS = 50_000
/** An outage that lasts longer was not recovered from. */
const RECOVERED_WITHIN_MS = 5 * 60_000
const FORECAST_HOURS = 24

export interface AnalyticsSettings {
  /** The score below which an account is unhealthy. */
  threshold: number
  now: number
}

/** Rejects with RangeError for a range that ends before it begins, otherwise as the history does. */
export async function analyse(
  history: History,
  account: string,
  range: Range,
  { threshold, now }: AnalyticsSettings,
) {
  const { from, until } = checkedRange(range)
  const read = (type: string, since: number): Promise<KeptEvent[]> =>
    history.read({ account, type, since, until, limit: MOST_EVENTS })
  const [changes, scored] = await Promise.all([
    read('session.state-changed', from),
    read('health.scored', from),
  ])
  const stateChanges = changes.map((event) => event as unknown as StateChange)
  const outages = outagesOf(stateChanges, range)
  const samples = scored.flatMap(sampleOf).sort((a, b) => a.at - b.at)
  return {
    from,
    until,
    outages: outages.length,
    meanTimeToRecovery: meanTimeToRecovery(outages),
    recoverySuccessRate: recoverySuccessRate(outages, RECOVERED_WITHIN_MS, now),
    reliability: reliability(outages, range, { seenSince: firstServing(stateChanges), now }),
    failures: failuresByTime(outages),
    trend: trendOf(samples),
    forecast: { hours: FORECAST_HOURS, threshold, ...forecast(samples, now, FORECAST_HOURS, threshold) },
    samples,
  }
}

function sampleOf({ at, score }: KeptEvent): Sample[] {
  return typeof score === 'number' ? [{ at, score }] : []
}

/** When the account is first known to have served: it came open, or it left the open state. */
function firstServing(changes: readonly StateChange[]): number | null {
  const times = changes
    .filter(
      ({ from, to }) => from === 'open' || from === 'restricted' || to === 'open' || to === 'restricted',
    )
    .map(({ at }) => at)
  return times.length === 0 ? null : Math.min(...times)
}

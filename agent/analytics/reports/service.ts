// For which part of a range an account served, of the time in which it was wanted: read off its changes of state, and its silences.

import type { SessionState } from '../../words.ts'
import type { Range, StateChange } from '../outages.ts'

/** A running agent keeps a score of an account when the last one that was kept is so old. */
const KEPT_EVERY_MS = 30 * 60_000
const SCORED_EVERY_MS = 5 * 60_000

/** For so long a running agent may say nothing of an account. @param scoredEveryMs between two scores */
export function silentMs(scoredEveryMs = SCORED_EVERY_MS): number {
  return KEPT_EVERY_MS + scoredEveryMs
}

const serves = (state: SessionState): boolean => state === 'open' || state === 'restricted'

export interface Service {
  servedMs: number
  wantedMs: number
  /** 0 to 1; null where it was not wanted at all, or nothing is known. */
  share: number | null
}

export interface Known {
  /** Of one account, oldest first; with the last ones before the range, which say how it began. */
  changes: readonly StateChange[]
  /** When anything was heard of it, oldest first. */
  heard: readonly number[]
  /** Its state now, where this process has it; what an account is that has not changed for longer than anything is kept. */
  live: { state: SessionState; since: number } | null
  now: number
  /** How long it may have been silent while its agent ran. */
  silentMs: number
}

/**
 * Time before the account first served is left out, and so is time in which somebody had stopped it. A process that dies says nothing: where
 * the next change does not follow from the last one, or there is none and nobody has the account now, and nothing was heard for longer than
 * a running agent is silent, it did not serve.
 */
export function serviceOf({ changes, heard, live, now, silentMs }: Known, range: Range): Service {
  const end = Math.min(range.until, now)
  let servedMs = 0
  let wantedMs = 0
  let began = false
  const spend = (state: SessionState, from: number, until: number, deadMs: number): void => {
    const ms = Math.min(until, end) - Math.max(from, range.from)
    began ||= serves(state)
    if (ms <= 0 || !began || state === 'stopped') return
    wantedMs += ms
    if (serves(state)) servedMs += Math.max(0, ms - deadMs)
  }
  const [first] = changes
  if (!first) {
    if (live) spend(live.state, live.since, end, 0)
  } else if (serves(first.from)) spend(first.from, Math.min(first.at, heard[0] ?? first.at), first.at, 0)
  let place = 0
  changes.forEach((change, i) => {
    const next = changes[i + 1]
    const until = Math.min(next?.at ?? end, end)
    let deadMs = 0
    if (next ? next.from !== change.to : live === null) {
      let last = change.at
      while ((heard[place] ?? Infinity) < until) last = Math.max(last, heard[place++] as number)
      deadMs = Math.max(0, until - Math.max(last, range.from) - silentMs)
    }
    spend(change.to, change.at, until, deadMs)
  })
  return { servedMs, wantedMs, share: wantedMs === 0 ? null : servedMs / wantedMs }
}

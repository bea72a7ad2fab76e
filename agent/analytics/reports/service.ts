// For which part of a range an account served, of the time in which it was wanted: read off its changes of state, and its silences.

import type { SessionState } from '../../words.ts'
import type { Range, StateChange } from '../outages.ts'

/** A running agent keeps a score of an account every half hour at the latest, and scores every five minutes. */
const SILENT_MS = 35 * 60_000

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
}

/**
 * Time before the account first served is left out, and so is time in which somebody had stopped it. A process that dies says nothing: where
 * the next change does not follow from the last one and nothing was heard for longer than a running agent is silent, it did not serve.
 */
export function serviceOf({ changes, heard, live, now }: Known, range: Range): Service {
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
    let deadMs = 0
    if (next && next.from !== change.to) {
      let last = change.at
      while ((heard[place] ?? Infinity) < next.at) last = Math.max(last, heard[place++] as number)
      deadMs = Math.max(0, next.at - Math.max(last, range.from) - SILENT_MS)
    }
    spend(change.to, change.at, next?.at ?? end, deadMs)
  })
  return { servedMs, wantedMs, share: wantedMs === 0 ? null : servedMs / wantedMs }
}

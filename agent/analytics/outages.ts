// When an account was away and when it came back, read off its changes of state: the ground on which every figure of recovery stands.

import type { SessionState } from '../words.ts'

export interface StateChange {
  /** Milliseconds since the epoch. */
  at: number
  from: SessionState
  to: SessionState
  reason: string
}

export interface Range {
  /** Milliseconds since the epoch; the beginning belongs to it, the end does not. */
  from: number
  until: number
}

export interface Outage {
  from: number
  /** When it was open again; null while it is not, or when nobody wanted it any more. */
  to: number | null
  reason: string
  /** Somebody stopped it meanwhile: it neither recovered nor failed to. */
  givenUp: boolean
}

const serves = (state: SessionState): boolean => state === 'open' || state === 'restricted'

/** Throws RangeError for a range that ends before it begins. */
export function checkedRange(range: Range): Range {
  if (!(range.from <= range.until))
    throw new RangeError(`the range ends (${range.until}) before it begins (${range.from})`)
  return range
}

/**
 * Outages that begin within the range. One that somebody asked for is none.
 * @param changes of one account, in any order; what lies outside the range tells how an outage ended
 */
export function outagesOf(changes: readonly StateChange[], range: Range): Outage[] {
  const { from, until } = checkedRange(range)
  const outages: Outage[] = []
  let open: Outage | null = null
  for (const change of [...changes].sort((a, b) => a.at - b.at)) {
    if (open) {
      if (serves(change.to)) open.to = change.at
      else if (change.to === 'stopped') open.givenUp = true
      if (open.to !== null || open.givenUp) open = null
    } else if (serves(change.from) && !serves(change.to) && change.to !== 'stopped') {
      open = { from: change.at, to: null, reason: change.reason, givenUp: false }
      if (change.at >= from && change.at < until) outages.push(open)
    }
  }
  return outages
}

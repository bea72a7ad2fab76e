// What follows an attempt: another one, another channel, another round or the end; somebody who can be told is never given up while the page stands.

import type { Retries } from '../config/schema.ts'
import type { AttemptOutcome, ChannelName } from '../words.ts'

/** Where a delivery stands. */
export interface Course {
  channel: ChannelName
  /** Channels that are still to be tried in this round, after this one. */
  next: readonly ChannelName[]
  /** Channels of this round that were out and may be there in the next one. */
  out: readonly ChannelName[]
  /** Attempts on this channel in this round. */
  tries: number
  /** Rounds that are over. */
  round: number
}

export interface Ended {
  outcome: AttemptOutcome
  /** What the provider asked to wait, in milliseconds. */
  retryAfterMs?: number | null | undefined
}

export type Step =
  | { do: 'done' }
  /** The same again. */
  | { do: 'retry'; at: number; course: Course }
  /** At once, by another channel. */
  | { do: 'fall-back'; course: Course }
  /** Everything is out, or has no budget: again from the first of what may be back. */
  | { do: 'rest'; why: 'out' | 'budget'; at: number; course: Course }
  /** Nobody will ever take it. */
  | { do: 'give-up' }

/** Doublings of the pause between rounds. */
export const MOST_DOUBLINGS = 4

export function stepAfter(ended: Ended, course: Course, retries: Retries, now: number): Step {
  if (ended.outcome === 'accepted') return { do: 'done' }
  if (ended.outcome !== 'refused') {
    const waitMs = Math.max(retries.apartMs, ended.retryAfterMs ?? 0)
    // A provider that wants to be left alone for long is out.
    if (course.tries <= retries.count && waitMs <= retries.longestMs)
      return { do: 'retry', at: now + waitMs, course }
  }
  return leave(course, ended.outcome !== 'refused', retries, now)
}

/** Goes on without the channel. @param mayReturn whether it is worth another round */
export function leave(course: Course, mayReturn: boolean, retries: Retries, now: number): Step {
  const out = mayReturn ? [...course.out, course.channel] : course.out
  const [channel, ...next] = course.next
  if (channel !== undefined) return { do: 'fall-back', course: { ...course, channel, next, out, tries: 0 } }
  const [first, ...rest] = out
  if (first === undefined) return { do: 'give-up' }
  const pauseMs = retries.againMs * 2 ** Math.min(course.round, MOST_DOUBLINGS)
  const again = { channel: first, next: rest, out: [], tries: 0, round: course.round + 1 }
  return { do: 'rest', why: 'out', at: now + pauseMs, course: again }
}

/** The course of a delivery that begins: by the channel, then by the fallbacks; null where none of them reaches the recipient. */
export function courseOf(
  channel: ChannelName,
  fallback: readonly ChannelName[],
  reaches: (channel: ChannelName) => boolean,
): Course | null {
  const ways = [...new Set([channel, ...fallback])].filter(reaches)
  const [first, ...next] = ways
  return first === undefined ? null : { channel: first, next, out: [], tries: 0, round: 0 }
}

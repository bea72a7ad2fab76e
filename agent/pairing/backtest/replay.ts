// What would have happened to the people of a trace under a policy that learns only from what it would have seen.

import { ScanTimeAnalyzer } from '../learning/analyzer.ts'
import type { Contender } from './contenders.ts'
import { P95Error } from './p95-error.ts'
import type { Person } from './trace.ts'
import type { Judged } from './true-p95.ts'

export interface Outcome {
  policy: string
  /** People: lines of the trace. Each has one attempt and the regenerations that follow it. */
  attempts: number
  connections: number
  regenerations: number
  /** Regenerations per 100 connections; null without connections. */
  per100: number | null
  /** Over all windows that were opened, those of regenerations too; null without people. */
  meanWindowMs: number | null
  /** All window time given to people who never scan. */
  wastedMs: number
  /** Median share of the true p95 by which the learned one was off; null where nothing could be judged. */
  p95Error: number | null
}

export interface ReplaySettings {
  /** Regenerations that may follow one another. */
  regenerations: number
  judged: Judged
  /** Told of every person, in order, and how many regenerations followed the first attempt. */
  onPerson?: (regenerations: number) => void
}

/**
 * One person after the other, as if each were done before the next one comes. Everybody views the code at once. A person
 * who is cut off starts over in the next attempt with the same scan time; after the allowed regenerations the attempt has
 * failed. A scan at the very end of the window counts.
 */
export function replay(people: Iterable<Person>, contender: Contender, settings: ReplaySettings): Outcome {
  const analyzer = new ScanTimeAnalyzer(contender.policy, contender.settings)
  const error = new P95Error(settings.judged)
  let [attempts, connections, windows, openMs, wastedMs] = [0, 0, 0, 0, 0]
  for (const person of people) {
    const { account, at, scanMs } = person
    attempts += 1
    const openedBefore = windows
    let endsAt = at
    for (let inARow = 0; inARow <= settings.regenerations; inARow += 1) {
      const decision = analyzer.recommendedWindow(account, inARow)
      if (inARow === 0) error.meet(person, decision, analyzer)
      const { windowMs } = decision
      windows += 1
      openMs += windowMs
      if (scanMs === null) wastedMs += windowMs
      if (scanMs !== null && scanMs <= windowMs) {
        connections += 1
        analyzer.recordScan(account, scanMs, endsAt + scanMs, inARow)
        break
      }
      endsAt += windowMs
      analyzer.recordExpiry(account, windowMs, endsAt, inARow)
    }
    settings.onPerson?.(windows - openedBefore - 1)
  }
  const regenerations = windows - attempts
  return {
    policy: contender.name,
    attempts,
    connections,
    regenerations,
    per100: connections === 0 ? null : (100 * regenerations) / connections,
    meanWindowMs: windows === 0 ? null : openMs / windows,
    wastedMs,
    p95Error: error.median,
  }
}

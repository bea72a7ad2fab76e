// What a chaos run comes to: figures, and what of them is a violation.

import type { ChaosOptions } from '../options.ts'
import type { Report } from '../report.ts'
import { Books, readable } from './books.ts'
import type { Stage } from './stage.ts'

/** What was done so far, and what was found while doing it. */
export interface Tally {
  violations: string[]
  /** Agents that were killed under traffic. */
  kills: number
  takeovers: number
  rollCalls: number
  stale: number
  writesRefused: number
  loginsRefused: number
  /** What came in, as the store has it at the end; null where it was not reached. */
  inbound: { kept: ReadonlySet<string>; leftOver: number } | null
  /** Whether it came to its end. */
  whole: boolean
}

/**
 * Messages unreadable at first, for each kill. The agent commits before it writes to the wire and before it sends a receipt, so a kill
 * should cause none: 100 kills caused 0 on either database. A twentieth leaves room for one that falls into a window of the library.
 */
const FIRST_TRY_PER_KILL = 0.05
/** Rejects when the simulator is gone. */
export async function verdict(stage: Stage, options: ChaosOptions, tally: Tally): Promise<Report> {
  const { talk, simulator } = stage
  const { runs, seed, driver } = options
  const postgres = driver === 'postgres'
  const books = new Books(stage.agents)
  const wire = { inbound: await simulator.client.inbound(), messages: await simulator.client.messages() }
  const { overlaps, messages } = await simulator.client.summary()
  const { inbound } = tally
  const { undecryptable, firstTry, receipted } = readable(books, wire, inbound?.kept ?? books.received)
  const lostInbound = inbound ? receipted.filter((id) => !inbound.kept.has(id)) : []
  const onWire = new Set(wire.messages.flatMap(({ texts }) => Object.values(texts)))
  const lost = [...talk.acked].filter((text) => !onWire.has(text))
  // Where everything was killed once, these have to be none at all.
  const violations = [
    ...tally.violations,
    ...some(books.pairings, 'pairing attempts began'),
    ...some(messages.sameTextTwoIds, 'texts went out under two ids'),
    ...listed(lost, 'acknowledged texts are not on the wire'),
    ...listed(lostInbound, 'messages had a receipt and are not in the store'),
    ...some(inbound?.leftOver ?? 0, 'decrypted messages were left over'),
  ]
  const ends = tally.kills + tally.takeovers
  if (firstTry.length > Math.max(1, Math.ceil(FIRST_TRY_PER_KILL * ends)))
    violations.push(...listed(firstTry, `messages could not be read at first, after ${ends} kills`))
  // What is on its way in a run that was broken off is neither lost nor unreadable yet.
  if (tally.whole) {
    violations.push(...listed([...talk.unanswered], 'texts were never acknowledged'))
    violations.push(...listed(undecryptable, 'messages stayed unreadable'))
    if (postgres && tally.takeovers > 0 && tally.writesRefused === 0)
      violations.push('no write was ever refused: nothing was tried')
  }
  return {
    name: 'state',
    runs,
    seed,
    violations,
    figures: {
      driver,
      killed: tally.kills,
      taken_over: tally.takeovers,
      roll_calls: tally.rollCalls,
      resumed_without_pairing: books.resumed,
      undecryptable: undecryptable.length,
      first_try_failures: firstTry.length,
      // On SQLite no second agent can run, so nothing of the kind is tried.
      stale_epoch_writes: postgres ? tally.stale : 'not tried',
      writes_refused: tally.writesRefused,
      logins_refused: tally.loginsRefused,
      acknowledged: talk.acked.size,
      receipted: receipted.length,
      receipted_and_lost: inbound ? lostInbound.length : 'not looked at',
      overlapping_logins: overlaps,
    },
  }
}

function some(count: number, what: string): string[] {
  return count > 0 ? [`${count} ${what}`] : []
}

function listed(which: readonly string[], what: string): string[] {
  return which.length > 0 ? [`${which.length} ${what}: ${which.slice(0, 5)}`] : []
}

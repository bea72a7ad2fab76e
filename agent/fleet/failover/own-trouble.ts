// Whether it is this machine that is ill and not its accounts: whoever sees most of the world go away has gone away himself. No clock, no I/O.

export interface OwnTroubleFacts {
  /** Accounts of this node that were up lately. */
  accounts: number
  /** When soft faults were seen, one for each account; milliseconds of one clock. */
  softFaultsAt: readonly number[]
  /** The longest time that the event loop has just been held for, in milliseconds, and when that was. */
  stalledMs: number
  stalledAt: number
}

/** Faults within this time count together. */
const TOGETHER_MS = 10_000
/** A process that did not turn for so long accuses nobody for a while. */
const STALL_MS = 1_000
const AFTER_STALL_MS = 3_500

/** In words for people; null where there is none. */
export function ownTrouble(facts: OwnTroubleFacts, now: number): string | null {
  const { accounts, softFaultsAt, stalledMs, stalledAt } = facts
  if (stalledMs > STALL_MS && now - stalledAt < AFTER_STALL_MS)
    return `this process did not turn for ${Math.round(stalledMs)} ms`
  const together = softFaultsAt.filter((at) => now - at < TOGETHER_MS).length
  if (together >= 2 && together * 2 >= accounts)
    return `${together} of ${accounts} accounts of this node fell silent together`
  return null
}

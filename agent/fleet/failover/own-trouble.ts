// Whether it is this machine that is ill and not its accounts: whoever sees most of the world go away has gone away himself. No clock, no I/O.

export interface OwnTroubleFacts {
  /** Accounts of this node that count: see countsFrom. */
  accounts: number
  /** When soft faults were seen, one for each account that counts; milliseconds of one clock. */
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

/** Accounts that fell silent together, for as long as that accuses this machine; times are milliseconds of one clock. */
export interface Company {
  /** When most of them were last found to have fallen silent within a short time: whoever did so later is none of them. */
  togetherAt: number
  /** When it last was so that most stood silent, or that one of them came back. */
  heardAt: number
  /** The fewest that stood silent since. */
  left: number
}

/** An account that was up within this time counts as one of this node's. */
const LATELY_MS = 10 * 60_000

/**
 * Whoever went down after this moment counts among the accounts of this node, and so does whoever is up. Those that fell silent together
 * count for as long as that lasts; who had been dead for long before says nothing of it.
 */
export function countsFrom(company: Company | null, now: number): number {
  return (company?.togetherAt ?? now) - LATELY_MS
}

/** Nobody has come back for so long: whoever is still silent is so by himself. */
const COMING_BACK_MS = 30_000

/**
 * The machine's network may be away for longer than a few seconds, and when it is back its accounts come back one after another: those
 * that are late must not lose their work to the first ones.
 */
export function companyOf(before: Company | null, facts: OwnTroubleFacts, now: number): Company | null {
  const { accounts, softFaultsAt } = facts
  const standing = softFaultsAt.length
  const most = (count: number): boolean => count >= 2 && count * 2 >= accounts
  if (most(softFaultsAt.filter((at) => now - at < TOGETHER_MS).length))
    return { togetherAt: now, heardAt: now, left: standing }
  if (before === null) return null
  if (most(standing) || standing < before.left)
    return { ...before, heardAt: now, left: Math.min(before.left, standing) }
  return now - before.heardAt < COMING_BACK_MS ? before : null
}

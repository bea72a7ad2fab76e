// Whether a session that somebody else took (440) is taken back. Two agents that both take back at once fight for ever.

/** Replacements within this time count together, in milliseconds. */
const WINDOW_MS = 60 * 60_000

export interface Replacement {
  /** When this session was replaced, this time included; milliseconds since the epoch, in order. */
  replacedAt: readonly number[]
  now: number
  /** This process still owns the account, under the epoch of the session. */
  owned: boolean
}

/** Once in an hour may be somebody's mistake: take it back. Twice is a rival: leave it to a person. */
export function takeBack({ replacedAt, now, owned }: Replacement): boolean {
  const recent = replacedAt.filter((at) => now - at < WINDOW_MS).length
  return owned && recent <= 1
}

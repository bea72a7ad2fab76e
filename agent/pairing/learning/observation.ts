// What is known of one person's scan time: the time itself, or how long was waited in vain. Absurd figures never enter.

/** One person who looked at a code. Attempts that nobody viewed are no observations. */
export interface Observation {
  /** When it ended, in milliseconds since the epoch. */
  readonly at: number
  /** Milliseconds from the first view to the scan, or to the moment at which the attempt was cut off. */
  readonly ms: number
  readonly scanned: boolean
  /** Regenerations before this attempt in the same row; 0 for the first attempt. */
  readonly inARow: number
}

/** Nobody looks at a code for a day: a longer time is a unit or a clock gone wrong. */
export const maxScanMs = 24 * 60 * 60_000
/** The last moment that a Date can hold. */
const maxAtMs = 8.64e15
/** Configuration allows ten regenerations in a row; this only catches what cannot be a count of them. */
export const maxInARow = 1_000

/** Answers the observation with whole milliseconds. Throws RangeError that names what was found and what is allowed. */
export function checked({ at, ms, scanned, inARow }: Observation): Observation {
  within('scan time', ms, maxScanMs, 'milliseconds')
  within('time of the observation', at, maxAtMs, 'milliseconds since the epoch')
  within('regenerations in a row', inARow, maxInARow, 'a whole number')
  if (!Number.isInteger(inARow))
    throw new RangeError(`regenerations in a row: found ${inARow}, allowed: a whole number`)
  return { at: Math.round(at), ms: Math.round(ms), scanned, inARow }
}

/**
 * What two attempts of one row say about their one person, or null when they are not of one row. A person who was cut
 * off at 60 s and scans at 100 s in the next attempt is known to take 100 s; cut off again, the longer wait counts.
 */
export function joined(before: Observation, after: Observation): Observation | null {
  if (before.scanned || after.inARow <= before.inARow) return null
  return after.scanned ? after : { ...after, ms: Math.max(before.ms, after.ms) }
}

function within(name: string, value: number, max: number, unit: string): void {
  if (!(value >= 0 && value <= max))
    throw new RangeError(`${name}: found ${value}, allowed: ${unit} from 0 to ${max}`)
}
